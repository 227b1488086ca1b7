"""Draw assets/logo.svg: a neuron with three inputs whose output is a small image. Run it after changing it."""

from pathlib import Path

ACCENT, PAPER = "#0072B2", "#ffffff"
INPUTS = [(13, 16), (13, 32), (13, 48)]
NEURON = (31, 32)
PIXELS = [[1, 0, 1], [0, 1, 0], [1, 0, 1]]
PIXEL, LEFT, TOP = 5, 41, 24.5


def draw() -> str:
    """The logo as SVG."""
    wires = "".join(f'<path d="M{x} {y} L{NEURON[0]} {NEURON[1]}"/>' for x, y in [*INPUTS, (LEFT, NEURON[1])])
    dots = "".join(f'<circle cx="{x}" cy="{y}" r="4"/>' for x, y in INPUTS)
    pixels = "".join(
        f'<rect x="{LEFT + PIXEL * column}" y="{TOP + PIXEL * row}" width="{PIXEL}" height="{PIXEL}" '
        f'fill-opacity="{1 if PIXELS[row][column] else 0.35}"/>'
        for row in range(3)
        for column in range(3)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" role="img" aria-label="From Neuron to GAN">'
        f'<rect width="64" height="64" rx="14" fill="{ACCENT}"/>'
        f'<g stroke="{PAPER}" stroke-width="2.5">{wires}</g>'
        f'<g fill="{PAPER}">{dots}<circle cx="{NEURON[0]}" cy="{NEURON[1]}" r="7"/>{pixels}</g></svg>\n'
    )


if __name__ == "__main__":
    Path(__file__).with_name("assets").joinpath("logo.svg").write_text(draw(), encoding="utf-8")
