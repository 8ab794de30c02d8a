"""The study's two architectures: 96 x 96 RGB to ten logits, the last convolutions at 12 x 12.

`residual` is the example classifier, narrower. `plain` is of VGG's kind: 3 x 3 convolutions in
pairs, max-pools between them, the last feature maps flattened into a hidden layer, so that its
weights know places.
"""

from torch import nn

import scenes  # noqa: F401  (puts examples/make on the path)
from network import ShapesNet


def residual(classes):
    return ShapesNet(classes, widths=(12, 24, 48), hidden=48)


class PlainNet(nn.Module):
    def __init__(self, classes, widths=(16, 32, 48), hidden=48):
        super().__init__()
        before = widths[0]
        layers = [nn.Conv2d(3, before, 3, 2, 1, bias=False), nn.BatchNorm2d(before), nn.ReLU()]
        for stage, width in enumerate(widths):  # 48 x 48, 24 x 24, 12 x 12
            if stage:
                layers.append(nn.MaxPool2d(2))
            for _ in range(2 if stage else 1):
                layers += [nn.Conv2d(before, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width),
                           nn.ReLU()]
                before = width
        self.features = nn.Sequential(*layers)
        self.pool = nn.MaxPool2d(2)  # 6 x 6
        self.average = nn.AvgPool2d(2)  # 3 x 3
        self.flatten = nn.Flatten()
        self.hidden = nn.Linear(9 * before, hidden)
        self.relu = nn.ReLU()
        self.classifier = nn.Linear(hidden, classes)

    def forward(self, x):
        x = self.flatten(self.average(self.pool(self.features(x))))
        return self.classifier(self.relu(self.hidden(x)))


ARCHITECTURES = {"residual": residual, "plain": PlainNet}
