"""A small residual network: 96 x 96 RGB to 10 logits, the last convolutions at 12 x 12."""

import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, channels_in, channels_out, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels_out, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels_out)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(channels_out, channels_out, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels_out)
        self.shortcut = None
        if stride != 1 or channels_in != channels_out:
            self.shortcut = nn.Sequential(
                nn.Conv2d(channels_in, channels_out, 1, stride, bias=False),
                nn.BatchNorm2d(channels_out),
            )
        self.relu2 = nn.ReLU()

    def forward(self, x):
        y = self.bn2(self.conv2(self.relu1(self.bn1(self.conv1(x)))))
        return self.relu2(y + (x if self.shortcut is None else self.shortcut(x)))


class ShapesNet(nn.Module):
    def __init__(self, classes=10, widths=(16, 32, 64), hidden=64):
        super().__init__()
        a, b, c = widths
        self.stem = nn.Sequential(
            nn.Conv2d(3, a, 5, 2, 2, bias=False), nn.BatchNorm2d(a), nn.ReLU()
        )  # 48 x 48
        self.layer1 = nn.Sequential(
            nn.Conv2d(a, b, 3, 2, 1, bias=False), nn.BatchNorm2d(b), nn.ReLU()
        )  # 24 x 24
        self.layer2 = Block(b, b)  # 24 x 24
        self.layer3 = nn.Sequential(Block(b, c, 2), Block(c, c))  # 12 x 12
        # The pooling and the hidden layer make the gradient at the last convolution depend on the
        # place and on the image; with average pooling and one linear layer it would be constant.
        self.pool = nn.MaxPool2d(2)
        self.average = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.hidden = nn.Linear(c, hidden)
        self.relu = nn.ReLU()
        self.classifier = nn.Linear(hidden, classes)

    def forward(self, x):
        x = self.layer3(self.layer2(self.layer1(self.stem(x))))
        x = self.flatten(self.average(self.pool(x)))
        return self.classifier(self.relu(self.hidden(x)))
