"""Makes the small images that the tests read, with the values that they should read.

    python images.py       (writes ../src/test/resources/images)

NAME.EXTENSION is an image file and NAME.npy what it shows, float32 [height, width, 3] from 0 to
255, computed here, or decoded by Pillow where the file is lossy. resample-*.npy are what Pillow and
torchvision make of resample.png. Made with Pillow 13.0.0, numpy 2.4.6, torchvision 0.29.2.
"""

import struct
import zlib
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageCms
from torchvision.transforms import v2

FOLDER = Path(__file__).resolve().parents[1] / "src/test/resources/images"
HEIGHT, WIDTH = 16, 24


def picture():
    """A smooth picture with one sharp corner, uint8 [height, width, 3]."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float64)
    red = 255 * x / (WIDTH - 1)
    green = 255 * y / (HEIGHT - 1)
    blue = 127.5 + 127.5 * np.sin(x / 4 + y / 3)
    rgb = np.stack([red, green, blue], -1)
    rgb[: HEIGHT // 3, : WIDTH // 3] = (250, 20, 30)
    return np.round(rgb).astype(np.uint8)


def expect(name, values):
    np.save(FOLDER / f"{name}.npy", np.asarray(values, dtype=np.float32))


def decoded(name, suffix):
    expect(name, np.asarray(Image.open(FOLDER / f"{name}.{suffix}").convert("RGB")))


def over_white(rgb, alpha):
    alpha = alpha[..., None] / 255.0
    return rgb * alpha + 255.0 * (1 - alpha)


def png(name, colour_type, depth, rows, chunks=()):
    """A PNG written byte by byte, for what Pillow cannot write."""

    def chunk(kind, data):
        crc = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)

    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, depth, colour_type, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row.tobytes() for row in rows), 9)
    (FOLDER / f"{name}.png").write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
        + b"".join(chunk(kind, value) for kind, value in chunks)
        + chunk(b"IDAT", data) + chunk(b"IEND", b""))


def exif(orientation):
    """The least EXIF block: one entry in its first directory."""
    entry = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
    return b"Exif\0\0II*\0\x08\0\0\0\x01\0" + entry + b"\0\0\0\0"


def profile():
    """A profile of colours that is not to be applied: sRGB with red and blue exchanged."""
    data = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return data.replace(b"rXYZ", b"----").replace(b"bXYZ", b"rXYZ").replace(b"----", b"bXYZ")


def pngs(rgb):
    grey = rgb[..., 0]
    deep = rgb.astype(np.uint16) * 256 + np.arange(WIDTH, dtype=np.uint16)[None, :, None]
    png("deep-rgb", 2, 16, deep.astype(">u2"))
    expect("deep-rgb", deep / 257.0)
    png("deep-grey", 0, 16, deep[..., 0].astype(">u2"))
    expect("deep-grey", np.repeat(deep[..., :1], 3, -1) / 257.0)
    png("grey", 0, 8, grey)
    expect("grey", np.repeat(grey[..., None], 3, -1))
    four_bits = (grey >> 4).astype(np.uint8)
    png("grey-4-bits", 0, 4, four_bits[:, 0::2] << 4 | four_bits[:, 1::2])
    expect("grey-4-bits", np.repeat(four_bits[..., None], 3, -1) * 17)
    alpha = np.linspace(0, 255, HEIGHT * WIDTH).reshape(HEIGHT, WIDTH).astype(np.uint8)
    png("alpha", 6, 8, np.dstack([rgb, alpha]))
    expect("alpha", over_white(rgb, alpha))
    png("grey-alpha", 4, 8, np.dstack([grey, alpha]))
    expect("grey-alpha", over_white(np.repeat(grey[..., None], 3, -1), alpha))
    # One colour of an RGB picture declared transparent.
    png("key", 2, 8, rgb, [(b"tRNS", struct.pack(">HHH", 250, 20, 30))])
    keyed = rgb.astype(np.float32)
    keyed[(rgb == (250, 20, 30)).all(-1)] = 255
    expect("key", keyed)
    palette = Image.fromarray(rgb).quantize(16)
    palette.save(FOLDER / "palette.png", transparency=0)
    rgba = np.asarray(Image.open(FOLDER / "palette.png").convert("RGBA"))
    expect("palette", over_white(rgba[..., :3], rgba[..., 3]))
    Image.fromarray(rgb).save(FOLDER / "profile-lossless.png", icc_profile=profile())
    expect("profile-lossless", rgb)
    # The orientation in a chunk of its own.
    png("turned", 2, 8, rgb, [(b"eXIf", exif(6)[6:])])
    expect("turned", np.rot90(rgb, -1))


def jpegs(rgb):
    image = Image.fromarray(rgb)
    for name, options in {
        "baseline": {}, "progressive": {"progressive": True}, "full-colour": {"subsampling": 0},
        "untransformed": {"keep_rgb": True},
    }.items():
        image.save(FOLDER / f"{name}.jpg", quality=95, **options)
        decoded(name, "jpg")
    image.save(FOLDER / "profile.jpg", quality=95, subsampling=0, icc_profile=profile())
    decoded("profile", "jpg")
    image.convert("L").save(FOLDER / "grey-lossy.jpg", quality=95)
    decoded("grey-lossy", "jpg")
    image.convert("CMYK").save(FOLDER / "cmyk.jpg", quality=95)
    decoded("cmyk", "jpg")
    # Pillow writes CMYK with an Adobe marker that says "not transformed" (0). YCCK is the same file
    # of other values whose marker says "YCCK" (2): here those of a picture with calm colours.
    calm = (128 + (rgb.astype(np.int32) - 128) // 8).astype(np.uint8)
    ycck = Image.merge("CMYK", [*Image.fromarray(calm).convert("YCbCr").split(),
                                Image.fromarray(255 - rgb[..., 1])])
    ycck.save(FOLDER / "ycck.jpg", quality=95)
    data = bytearray((FOLDER / "ycck.jpg").read_bytes())
    marker = data.index(b"Adobe")
    assert data[marker + 11] == 0
    data[marker + 11] = 2
    (FOLDER / "ycck.jpg").write_bytes(data)
    decoded("ycck", "jpg")


def webps_and_others(rgb):
    image = Image.fromarray(rgb)
    image.save(FOLDER / "lossless.webp", lossless=True)
    expect("lossless", rgb)
    image.save(FOLDER / "profile-webp.webp", lossless=True, icc_profile=profile())
    expect("profile-webp", rgb)
    image.save(FOLDER / "lossy.webp", quality=95)
    decoded("lossy", "webp")
    alpha = np.linspace(0, 255, HEIGHT * WIDTH).reshape(HEIGHT, WIDTH).astype(np.uint8)
    Image.fromarray(np.dstack([rgb, alpha])).save(
        FOLDER / "see-through.webp", lossless=True, exact=True)
    expect("see-through", over_white(rgb, alpha))
    image.save(FOLDER / "noted.webp", lossless=True, exif=exif(3))
    expect("noted", np.rot90(rgb, 2))
    frames = [image.quantize(32), Image.fromarray(255 - rgb).quantize(32)]
    frames[0].save(FOLDER / "animated.gif", save_all=True, append_images=frames[1:], duration=50)
    decoded("animated", "gif")
    few = image.quantize(16)
    few.save(FOLDER / "transparent.gif", transparency=3)
    rgba = np.asarray(Image.open(FOLDER / "transparent.gif").convert("RGBA"))
    assert rgba[..., 3].min() == 0
    expect("transparent", over_white(rgba[..., :3], rgba[..., 3]))
    image.save(FOLDER / "true-colour.bmp")
    expect("true-colour", rgb)
    image.quantize(16).save(FOLDER / "palette-16.bmp")
    decoded("palette-16", "bmp")


def resampling():
    rng = np.random.default_rng(1)
    rgb = rng.integers(0, 256, (37, 53, 3), dtype=np.uint8)
    image = Image.fromarray(rgb)
    image.save(FOLDER / "resample.png")
    for height, width in ((9, 13), (41, 60), (50, 20), (1, 1)):
        resized = [
            np.asarray(Image.fromarray(rgb[..., c].astype(np.float32)).resize(
                (width, height), Image.Resampling.BILINEAR)) for c in range(3)]
        np.save(FOLDER / f"resample-{height}x{width}.npy", np.stack(resized))
        eight = np.asarray(image.resize((width, height), Image.Resampling.BILINEAR))
        np.save(FOLDER / f"resample-8-bits-{height}x{width}.npy",
                eight.transpose(2, 0, 1).astype(np.float32))
    chain = v2.Compose([
        v2.ToImage(), v2.ToDtype(torch.float32, scale=True), v2.Resize(16, antialias=True),
        v2.CenterCrop(16), v2.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])])
    np.save(FOLDER / "resample-crop-16.npy", chain(image).numpy())


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    rgb = picture()
    pngs(rgb)
    jpegs(rgb)
    webps_and_others(rgb)
    resampling()


if __name__ == "__main__":
    main()
