//! Tests of `settings!`.
#![allow(unreachable_pub, reason = "settings! declares public items")]

use super::*;

settings! {
    /// A choice.
    pub enum Side { Left = "left", Right = "right" }
}

settings! {
    /// One of each kind,
    /// in two lines.
    ///
    /// A paragraph.
    pub struct Everything("Everything") {
        /// A share.
        share: f64 = 0.5, in 0.0..1.0, linear 0.0..=1.0, unit "m";
        /// A count.
        count: u64 = 3, in 1.0..=1e6, log 1.0..=100.0;
        /// A flag,
        /// raised or not.
        flag: bool = false;
        /// A side.
        side: Side = Side::Left;
        /// A list.
        list: Vec<f64> = vec![1.0, 2.5], in 0.0..;
        /// Counts.
        counts: Vec<u64> = vec![16], in 1.0..=64.0;
        /// A text.
        text: String = "plain".to_owned();
        /// A limit.
        limit: Option<f64> = None, in 0.0.., none "off";
    }
}

/// Reads `key=value` into fresh settings.
fn read(text: &str) -> Result<Everything, String> {
    let mut settings = Everything::default();
    let read = spec::read_settings("everything", text, &mut settings);
    read.map(|()| settings)
        .map_err(|refusal| refusal.to_string())
}

#[test]
fn every_kind_reads_back_what_it_writes() {
    let text =
        "share=0.25,count=7,flag=true,side=right,list=0/1e-9/3,counts=8/4,text=\"a,b\",limit=1e300";
    let settings = read(text).unwrap();
    assert_eq!(settings.side, Side::Right);
    assert_eq!(settings.list, [0.0, 1e-9, 3.0]);
    assert_eq!(settings.counts, [8, 4]);
    assert_eq!(settings.limit, Some(1e300));
    let written = spec::write_settings("everything", &settings);
    assert_eq!(written, format!("everything:{text}"));
    assert_eq!(read("count=1e3,limit=off").unwrap().count, 1000);
    let none = read("counts=").unwrap();
    assert_eq!(none.counts, [0; 0]);
    let written = spec::write_settings("everything", &none);
    assert_eq!(written, "everything:counts=");
    let table = toml::to_string(&settings).unwrap();
    assert_eq!(toml::from_str::<Everything>(&table).unwrap(), settings);
}

#[test]
fn illegal_values_are_refused_with_the_legal_ones() {
    for (text, expected) in [
        (
            "share=1",
            "`share` cannot be `1`; expected a number in [0, 1)",
        ),
        (
            "share=nan",
            "`share` cannot be `NaN`; expected a number in [0, 1)",
        ),
        (
            "share=inf",
            "`share` cannot be `inf`; expected a number in [0, 1)",
        ),
        (
            "share=",
            "`share` cannot be empty; expected a number in [0, 1)",
        ),
        (
            "count=0",
            "`count` cannot be `0`; expected a whole number in [1, 1000000]",
        ),
        (
            "count=1.5",
            "`count` cannot be `1.5`; expected a whole number in [1, 1000000]",
        ),
        (
            "count=-1",
            "`count` cannot be `-1`; expected a whole number in [1, 1000000]",
        ),
        ("flag=yes", "`flag` cannot be `yes`; expected true or false"),
        (
            "side=up",
            "`side` cannot be `up`; expected one of left, right",
        ),
        (
            "list=1/x",
            "`list` cannot be `1/x`; expected numbers joined by `/`, each one in [0, ∞)",
        ),
        (
            "counts=8/0.5",
            "`counts` cannot be `8/0.5`; expected `none`, or whole numbers joined by `/`, each one in [1, 64]",
        ),
        (
            "limit=-1",
            "`limit` cannot be `-1`; expected a number in [0, ∞) or `off`",
        ),
        (
            "limit=on",
            "`limit` cannot be `on`; expected a number in [0, ∞) or `off`",
        ),
        (
            "shrae=1",
            "`everything` has no setting `shrae`; did you mean `share`?",
        ),
        ("share=0,share=0", "`share` is given twice"),
        (
            "share",
            "`share` in `everything:share` is not a setting; expected key=value",
        ),
    ] {
        let refused = read(text).unwrap_err();
        assert!(refused.starts_with(expected), "{text}: {refused}");
    }
}

#[test]
fn declarations_carry_help_ranges_and_units() {
    let params = Everything::default().params();
    assert_eq!((params[0].help, params[0].unit), ("A share.", "m"));
    assert_eq!(
        params[1].slider.map(|slider| slider.scale),
        Some(Scale::log)
    );
    assert_eq!((params[7].none, params[0].none), (Some("off"), None));
}

#[test]
fn help_texts_have_one_line_for_each_paragraph() {
    let everything = Everything::default();
    assert_eq!(
        everything.help(),
        "One of each kind, in two lines.\n\nA paragraph."
    );
    let flag = everything.index("flag").unwrap();
    assert_eq!(everything.params()[flag].help, "A flag, raised or not.");
}
