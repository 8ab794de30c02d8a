"""Writes the tables of the colour maps viridis and inferno.

    python colormaps.py       (writes ../src/main/resources/org/pellucid/core/render/*.txt)

They are by Nathaniel J. Smith, Stefan van der Walt and Eric Firing, who put them into the public
domain under CC0 (https://bids.github.io/colormap); matplotlib carries their data. A table has 256
lines, the colour of 0 first, each as RRGGBB. Made with matplotlib 3.11.2.
"""

from pathlib import Path

from matplotlib import colormaps

FOLDER = Path(__file__).resolve().parents[1] / "src/main/resources/org/pellucid/core/render"


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in ("viridis", "inferno"):
        colours = [[round(255 * v) for v in c] for c in colormaps[name](range(256))]
        lines = "".join("%02X%02X%02X\n" % tuple(c[:3]) for c in colours)
        (FOLDER / f"{name}.txt").write_text(lines, encoding="ascii", newline="\n")


if __name__ == "__main__":
    main()
