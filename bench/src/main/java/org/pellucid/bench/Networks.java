package org.pellucid.bench;

import java.util.List;
import org.pellucid.api.Tap;
import org.pellucid.graph.ModelGraph;

/**
 * Networks in the shapes of well-known ones, with random weights from a seed: for speed only the
 * shapes matter. Each but the small one takes one image {@code [1, 3, 224, 224]} and gives 1000
 * logits.
 */
public enum Networks {
  /** Simonyan and Zisserman 2015, configuration D; 138 million weights. */
  VGG16("relu5_3") {
    @Override
    public ModelGraph build() {
      return vgg16();
    }
  },
  /** He et al. 2016 with the stride in the 3x3 convolution; 26 million weights. */
  RESNET50("layer4.2.relu3") {
    @Override
    public ModelGraph build() {
      return resNet50();
    }
  },
  /** Howard et al. 2019 (arXiv 1905.02244, table 1); 5.5 million weights. */
  MOBILENETV3LARGE("features.16.activation") {
    @Override
    public ModelGraph build() {
      return mobileNetV3Large();
    }
  },
  /** Huang et al. 2017; 8 million weights. */
  DENSENET121("norm5.relu") {
    @Override
    public ModelGraph build() {
      return denseNet121();
    }
  },
  /** An image of 16 x 16 and 10 logits: to see a measurement run, not for its numbers. */
  SMALL("relu3") {
    @Override
    public ModelGraph build() {
      return small();
    }
  };

  private static final int CLASSES = 1000;
  private static final int SIZE = 224;

  private final Tap lastLayer;

  Networks(String lastLayer) {
    this.lastLayer = new Tap(lastLayer);
  }

  /** The network; the same at every call. */
  public abstract ModelGraph build();

  /** The last activation that is still spatial, which is explained by default. */
  public Tap lastLayer() {
    return lastLayer;
  }

  private static ModelGraph vgg16() {
    NetworkBuilder net = new NetworkBuilder(3, SIZE, 16);
    String x = "input";
    int stage = 0;
    for (List<Integer> maps :
        List.of(
            List.of(64, 64),
            List.of(128, 128),
            List.of(256, 256, 256),
            List.of(512, 512, 512),
            List.of(512, 512, 512))) {
      stage++;
      for (int i = 0; i < maps.size(); i++) {
        String number = stage + "_" + (i + 1);
        x = net.relu("relu" + number, net.conv("conv" + number, x, maps.get(i), 3, 1, 1));
      }
      x = net.maxPool("pool" + stage, x, 2, 2, 0);
    }
    x = net.flatten("flat", x);
    x = net.relu("relu6", net.linear("fc6", x, 4096));
    x = net.relu("relu7", net.linear("fc7", x, 4096));
    return net.build(net.linear("fc8", x, CLASSES));
  }

  private static ModelGraph small() {
    NetworkBuilder net = new NetworkBuilder(3, 16, 1);
    String x = net.relu("relu1", net.conv("conv1", "input", 8, 3, 1, 1));
    x = net.maxPool("pool1", x, 2, 2, 0);
    String y = net.relu("relu2", net.normalizedConv("conv2", x, 8, 3, 1, 1, 1));
    y = net.normalizedConv("conv3", y, 8, 3, 1, 1, 1);
    x = net.relu("relu3", net.add("sum", x, y));
    x = net.flatten("flat", net.maxPool("pool2", x, 2, 2, 0));
    x = net.relu("relu4", net.linear("fc4", x, 16));
    return net.build(net.linear("fc5", x, 10));
  }

  private static ModelGraph resNet50() {
    NetworkBuilder net = new NetworkBuilder(3, SIZE, 50);
    String x = net.relu("relu1", net.normalizedConv("conv1", "input", 64, 7, 2, 3, 1));
    x = net.maxPool("pool1", x, 3, 2, 1);
    List<Integer> blocks = List.of(3, 4, 6, 3);
    for (int stage = 0; stage < blocks.size(); stage++) {
      for (int block = 0; block < blocks.get(stage); block++) {
        String name = "layer" + (stage + 1) + "." + block;
        x = bottleneck(net, name, x, 64 << stage, stage > 0 && block == 0 ? 2 : 1, block == 0);
      }
    }
    x = net.flatten("flat", net.globalAveragePool("pool2", x));
    return net.build(net.linear("fc", x, CLASSES));
  }

  private static String bottleneck(
      NetworkBuilder net, String name, String x, int maps, int stride, boolean projected) {
    String y = net.relu(name + ".relu1", net.normalizedConv(name + ".1", x, maps, 1, 1, 0, 1));
    y = net.relu(name + ".relu2", net.normalizedConv(name + ".2", y, maps, 3, stride, 1, 1));
    y = net.normalizedConv(name + ".3", y, 4 * maps, 1, 1, 0, 1);
    String shortcut =
        projected ? net.normalizedConv(name + ".shortcut", x, 4 * maps, 1, stride, 0, 1) : x;
    return net.relu(name + ".relu3", net.add(name + ".add", y, shortcut));
  }

  /** A row of the table: kernel, width, maps, whether it squeezes, whether it is hard-swish. */
  private record Inverted(
      int kernel, int width, int maps, boolean squeezes, boolean swish, int stride) {}

  private static ModelGraph mobileNetV3Large() {
    NetworkBuilder net = new NetworkBuilder(3, SIZE, 3);
    String x =
        net.hardSwish(
            "features.0.activation", net.normalizedConv("features.0", "input", 16, 3, 2, 1, 1));
    List<Inverted> rows =
        List.of(
            new Inverted(3, 16, 16, false, false, 1),
            new Inverted(3, 64, 24, false, false, 2),
            new Inverted(3, 72, 24, false, false, 1),
            new Inverted(5, 72, 40, true, false, 2),
            new Inverted(5, 120, 40, true, false, 1),
            new Inverted(5, 120, 40, true, false, 1),
            new Inverted(3, 240, 80, false, true, 2),
            new Inverted(3, 200, 80, false, true, 1),
            new Inverted(3, 184, 80, false, true, 1),
            new Inverted(3, 184, 80, false, true, 1),
            new Inverted(3, 480, 112, true, true, 1),
            new Inverted(3, 672, 112, true, true, 1),
            new Inverted(5, 672, 160, true, true, 2),
            new Inverted(5, 960, 160, true, true, 1),
            new Inverted(5, 960, 160, true, true, 1));
    int depth = 16;
    int number = 0;
    for (Inverted row : rows) {
      x = inverted(net, "features." + ++number, x, depth, row);
      depth = row.maps();
    }
    x =
        net.hardSwish(
            "features.16.activation", net.normalizedConv("features.16", x, 960, 1, 1, 0, 1));
    x = net.flatten("flat", net.globalAveragePool("pool", x));
    x = net.hardSwish("classifier.1", net.linear("classifier.0", x, 1280));
    return net.build(net.linear("classifier.3", x, CLASSES));
  }

  private static String inverted(
      NetworkBuilder net, String name, String x, int depth, Inverted row) {
    String y = x;
    if (row.width() != depth) {
      y =
          activation(
              net, name + ".1", net.normalizedConv(name + ".1", y, row.width(), 1, 1, 0, 1), row);
    }
    y =
        net.normalizedConv(
            name + ".2", y, row.width(), row.kernel(), row.stride(), row.kernel() / 2, row.width());
    y = activation(net, name + ".2", y, row);
    if (row.squeezes()) {
      // A quarter of the width, rounded to a multiple of 8 that is not below nine tenths of it.
      int rounded = (row.width() / 4 + 4) / 8 * 8;
      int squeezed = rounded < 0.9 * row.width() / 4 ? rounded + 8 : rounded;
      String gate = net.globalAveragePool(name + ".squeeze", y);
      gate = net.relu(name + ".fc1.relu", net.conv(name + ".fc1", gate, squeezed, 1, 1, 0));
      gate = net.hardSigmoid(name + ".gate", net.conv(name + ".fc2", gate, row.width(), 1, 1, 0));
      y = net.mul(name + ".gated", y, gate);
    }
    y = net.normalizedConv(name + ".3", y, row.maps(), 1, 1, 0, 1);
    return row.stride() == 1 && depth == row.maps() ? net.add(name + ".add", x, y) : y;
  }

  private static String activation(NetworkBuilder net, String name, String x, Inverted row) {
    return row.swish() ? net.hardSwish(name + ".activation", x) : net.relu(name + ".activation", x);
  }

  private static ModelGraph denseNet121() {
    NetworkBuilder net = new NetworkBuilder(3, SIZE, 121);
    String x = net.relu("relu0", net.normalizedConv("conv0", "input", 64, 7, 2, 3, 1));
    x = net.maxPool("pool0", x, 3, 2, 1);
    int[] blocks = {6, 12, 24, 16};
    int maps = 64;
    for (int block = 0; block < blocks.length; block++) {
      for (int layer = 0; layer < blocks[block]; layer++) {
        String name = "block" + (block + 1) + "." + layer;
        String y = net.relu(name + ".relu1", net.normalize(name + ".norm1", x));
        y = net.relu(name + ".relu2", net.normalizedConv(name + ".1", y, 128, 1, 1, 0, 1));
        x = net.concat(name + ".concat", x, net.plainConv(name + ".2", y, 32, 3, 1));
        maps += 32;
      }
      String last = block + 1 < blocks.length ? "transition" + (block + 1) : "norm5";
      x = net.relu(last + ".relu", net.normalize(last, x));
      if (block + 1 < blocks.length) {
        maps /= 2;
        x = net.averagePool(last + ".pool", net.plainConv(last + ".conv", x, maps, 1, 0), 2, 2);
      }
    }
    x = net.flatten("flat", net.globalAveragePool("pool5", x));
    return net.build(net.linear("fc", x, CLASSES));
  }
}
