//! Tests of written files.

use super::*;

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn an_earlier_file_survives_an_error_while_writing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    fs::write(&path, "earlier").unwrap();
    let failed = write_atomic(&path, |out| {
        out.write_all(b"half")?;
        Err(ErrorKind::StorageFull.into())
    });
    assert!(
        failed
            .unwrap_err()
            .ends_with("(no storage space); it is left as it was")
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), "earlier");
    assert_eq!(names(folder.path()), ["a.csv"]);
    write_atomic(&path, |out| out.write_all(b"later")).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "later");
    assert_eq!(names(folder.path()), ["a.csv"]);
}

#[test]
fn several_files_are_committed_together_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let [a, b, c] = ["a", "b", "c"].map(|name| folder.path().join(name));
    fs::write(&a, "earlier").unwrap();
    let staged = |path: &Path| stage(path, |out| out.write_all(b"later")).unwrap();
    let files = [&a, &b, &c].map(|path| staged(path));
    fs::create_dir(&c).unwrap(); // A folder cannot be replaced.
    let refused = commit_staged(files.into()).unwrap_err();
    assert!(refused.contains("cannot be written"), "{refused}");
    assert_eq!(fs::read_to_string(&a).unwrap(), "earlier");
    assert_eq!(names(folder.path()), ["a", "c"]);
    fs::remove_dir(&c).unwrap();
    commit_staged([&a, &b, &c].map(|path| staged(path)).into()).unwrap();
    assert_eq!(fs::read_to_string(&a).unwrap(), "later");
    assert_eq!(names(folder.path()), ["a", "b", "c"]);
    drop(staged(&a));
    assert_eq!(names(folder.path()), ["a", "b", "c"]);
}

#[cfg(unix)]
#[test]
fn paths_to_one_file_are_recognised_through_links() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("d")).unwrap();
    fs::write(at("a"), "").unwrap();
    fs::write(at("b"), "").unwrap();
    fs::hard_link(at("a"), at("hard")).unwrap();
    symlink("a", at("soft")).unwrap();
    symlink("../new", at("d/dangling")).unwrap();
    symlink("round", at("round")).unwrap();
    for (one, other, expected) in [
        ("a", "hard", true),
        ("a", "soft", true),
        ("a", "d/../a", true),
        ("a", "b", false),
        ("new", "d/dangling", true),
        ("new", "./d/../new", true),
        ("new", "newer", false),
        ("a", "new", false),
        ("round", "a", false),
    ] {
        assert_eq!(same_file(&at(one), &at(other)), expected, "{one} {other}");
    }
    write_atomic(&at("d/dangling"), |out| out.write_all(b"made")).unwrap();
    assert_eq!(fs::read_to_string(at("new")).unwrap(), "made");
    assert!(at("d/dangling").is_symlink());
    check_writable(&at("round")).unwrap_err();
}

#[test]
fn checking_a_path_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    check_writable(&folder.path().join("a.csv")).unwrap();
    assert!(names(folder.path()).is_empty());
}

#[cfg(unix)]
#[test]
fn a_link_is_followed_and_permissions_are_kept() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let [real, link] = ["real.csv", "link.csv"].map(|name| folder.path().join(name));
    fs::write(&real, "earlier").unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink(&real, &link).unwrap();
    write_atomic(&link, |out| out.write_all(b"later")).unwrap();
    assert!(link.is_symlink());
    assert_eq!(fs::read_to_string(&real).unwrap(), "later");
    assert_eq!(
        fs::metadata(&real).unwrap().permissions().mode() & 0o777,
        0o640
    );
}

#[test]
fn an_extension_is_recognised_in_any_case() {
    assert_eq!(extension(Path::new("a/b.PNG"), &["png", "svg"]), Ok("png"));
    assert_eq!(
        extension(Path::new("b.xyz"), &["png", "svg"]),
        Err("b.xyz: unknown extension `.xyz`; expected .png or .svg".to_owned())
    );
    assert_eq!(
        extension(Path::new("b"), &["png", "svg"]),
        Err("b: has no extension; expected .png or .svg".to_owned())
    );
}
