"""Makes files that ravine must read as NumPy and Pillow do, or refuse, and cases.json, which says which.

Versions stand in the first entry of cases.json.
"""

import io
import json
import pathlib

import numpy as np
import PIL
from PIL import Image, ImageOps

HERE = pathlib.Path(__file__).parent / "files"
CASES = []


def case(name, **expected):
    CASES.append({"file": name, **expected})


def matrix(name, array):
    np.save(HERE / name, array)
    loaded(name)


def loaded(name):
    array = np.load(HERE / name).astype(np.float64)
    case(name, matrix=[[float(value) for value in row] for row in array])


def python_2(name, shape):
    """A file as NumPy of Python 2 wrote it: with long integers in its header."""
    header = "{'descr': '<f8', 'fortran_order': False, 'shape': %s, }" % shape
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    values = np.arange(6, dtype="<f8") / 4 - 1
    length = len(header).to_bytes(2, "little")
    (HERE / name).write_bytes(b"\x93NUMPY\x01\x00" + length + header.encode() + values.tobytes())
    loaded(name)


def matrices():
    small = np.array([[0.5, -1.25, 3.0], [2.0, 65504.0, 6.1e-5]])
    for kind in ["<f2", ">f2", "<f4", ">f4", "<f8", ">f8"]:
        matrix(f"{'little' if kind[0] == '<' else 'big'}-{kind[1:]}.npy", small.astype(kind))
    for kind in ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]:
        ends = np.iinfo(kind)
        whole = np.array([[ends.min, 1, 2], [3, 100, ends.max]], kind)
        matrix(f"{kind}.npy", whole.astype(f"<{kind}"))
        matrix(f"big-{kind}.npy", whole.astype(f">{kind}"))
    matrix("bool.npy", np.array([[True, False], [False, True]]))
    matrix("fortran-f2.npy", np.asfortranarray(small.astype("<f2")))
    python_2("python-2.npy", "(2L, 3L)")
    python_2("python-2-mixed.npy", "(2L, 3)")
    for name, array, refused in [
        ("complex.npy", small.astype("<c8"), "holds numbers of type '<c8'"),
        ("text.npy", np.array([["a", "b"], ["c", "d"]]), "holds numbers of type '<U1'"),
    ]:
        np.save(HERE / name, array)
        case(name, refused=refused)
    whole = (HERE / "little-f2.npy").read_bytes()
    (HERE / "cut.npy").write_bytes(whole[:-1])
    case("cut.npy", refused="ends before its numbers do")


def runs():
    """Steps of a network of two parameters, kept in other types than ravine writes."""
    theta = np.array([[0.5, -1.0], [0.25, 3.0], [0.125, 7.0]])
    others = {
        "loss": np.array([3.0, 2.0, 1.0], "<f4"),
        "grad_norm": np.array([3, 2, 1], ">i2"),
        "lr": np.array([0.5, 0.5, 0.25], ">f8"),
        "evaluations": np.array([0, 1, 2], "<i4"),
    }
    names = {f"run_1_{name}": array for name, array in others.items()}
    for name, kept, save in [
        ("runs-f2.npz", theta.astype("<f2"), np.savez),
        ("runs-fortran.npz", np.asfortranarray(theta.astype(">f4")), np.savez),
        ("runs-compressed.npz", theta, np.savez_compressed),
    ]:
        save(HERE / name, run_1_theta=kept, **names)
        case(name, runs=theta.tolist())


def picture():
    """Blocks of one colour, no two corners alike, so that no way of decoding changes much of them."""
    colours = [
        [(250, 250, 250), (200, 30, 30), (20, 20, 20)],
        [(30, 160, 30), (90, 90, 90), (40, 40, 220)],
    ]
    blocks = np.array(colours, np.uint8).repeat(16, axis=0).repeat(16, axis=1)
    return Image.fromarray(blocks)


def luma(image):
    """Luma in the middle of each block of 16 pixels."""
    pixels = np.asarray(image.convert("RGB"), np.float64)[8::16, 8::16] / 255
    return (pixels @ [0.2126, 0.7152, 0.0722]).round(4).tolist()


def pictured(name):
    image = ImageOps.exif_transpose(Image.open(HERE / name))
    case(name, size=list(image.size), luma=luma(image))


def pictures():
    image = picture()
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        for ending in ["jpg", "png"]:
            name = f"orientation-{orientation}.{ending}"
            image.save(HERE / name, exif=exif, **({"quality": 95} if ending == "jpg" else {}))
            pictured(name)
    # EXIF data of the other byte order, as some cameras write them.
    buffer = io.BytesIO()
    image.save(buffer, "jpeg", quality=95)
    jpeg = buffer.getvalue()
    tiff = b"MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00"
    app1 = b"Exif\x00\x00" + tiff
    segment = b"\xff\xe1" + (len(app1) + 2).to_bytes(2, "big") + app1
    (HERE / "orientation-big.jpg").write_bytes(jpeg[:2] + segment + jpeg[2:])
    pictured("orientation-big.jpg")

    noise = np.random.default_rng(1).integers(0, 256, (32, 48, 3), dtype=np.uint8)
    for kind, options in [
        ("baseline", {}),
        ("progressive", {"progressive": True}),
        ("full-colour", {"subsampling": 0}),
        ("restarts", {"restart_marker_blocks": 2}),
        ("grey", {}),
    ]:
        source = Image.fromarray(noise)
        source = source.convert("L") if kind == "grey" else source
        buffer = io.BytesIO()
        source.save(buffer, "jpeg", quality=60, **options)
        whole = buffer.getvalue()
        assert whole[-2:] == b"\xff\xd9"
        for missing, reads in [(0, True), (1, True), (2, True), (8, False), (len(whole) // 3, False)]:
            name = f"{kind}-without-{'third' if missing > 9 else missing}.jpg"
            (HERE / name).write_bytes(whole[: len(whole) - missing])
            if reads:
                case(name, size=[48, 32], same=f"{kind}-without-0.jpg")
            else:
                case(name, refused="is not sound")
    png = (HERE / "orientation-1.png").read_bytes()
    (HERE / "cut.png").write_bytes(png[: len(png) // 2])
    case("cut.png", refused="is not sound")


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    CASES.append({"versions": f"NumPy {np.__version__}, Pillow {PIL.__version__}"})
    matrices()
    runs()
    pictures()
    lines = ",\n".join(json.dumps(entry) for entry in CASES)
    (HERE / "cases.json").write_text(f"[\n{lines}\n]\n")
