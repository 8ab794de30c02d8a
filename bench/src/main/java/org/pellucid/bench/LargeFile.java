package org.pellucid.bench;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Writes VGG-16 with random weights as an ONNX file, 553 MB or more, without ever holding the
 * weights. The numbers of the protobuf fields are those of the ONNX specification.
 */
final class LargeFile {
  private static final int CLASSES = 1000;
  private static final long SEED = 16;

  /** A tensor: its name and shape; floats follow each other in the order of the list. */
  private record Weight(String name, int... dims) {
    long bytes() {
      long size = Float.BYTES;
      for (int dim : dims) {
        size *= dim;
      }
      return size;
    }
  }

  private final List<Weight> weights = new ArrayList<>();
  private final Message nodes = new Message();
  private final String output;

  private LargeFile(int extra) {
    String x = "input";
    int depth = 3;
    int stage = 0;
    for (int[] maps :
        new int[][] {{64, 64}, {128, 128}, {256, 256, 256}, {512, 512, 512}, {512, 512, 512}}) {
      stage++;
      for (int i = 0; i < maps.length; i++) {
        String number = stage + "_" + (i + 1);
        weights.add(new Weight("w" + number, maps[i], depth, 3, 3));
        weights.add(new Weight("b" + number, maps[i]));
        node(
            "Conv",
            "conv" + number,
            List.of(x, "w" + number, "b" + number),
            List.of(numbers("kernel_shape", 3, 3), numbers("pads", 1, 1, 1, 1)));
        x = node("Relu", "relu" + number, List.of("conv" + number), List.of());
        depth = maps[i];
      }
      x =
          node(
              "MaxPool",
              "pool" + stage,
              List.of(x),
              List.of(numbers("kernel_shape", 2, 2), numbers("strides", 2, 2)));
    }
    x = node("Flatten", "flat", List.of(x), List.of());
    int[] widths = new int[4 + extra];
    Arrays.fill(widths, 4096);
    widths[0] = 7 * 7 * 512;
    widths[widths.length - 1] = CLASSES;
    for (int i = 1; i < widths.length; i++) {
      String name = "fc" + (i + 5);
      weights.add(new Weight("w" + name, widths[i], widths[i - 1]));
      weights.add(new Weight("b" + name, widths[i]));
      x = node("Gemm", name, List.of(x, "w" + name, "b" + name), List.of(number("transB", 1)));
      if (i < widths.length - 1) {
        x = node("Relu", "relu" + (i + 5), List.of(x), List.of());
      }
    }
    output = x;
  }

  private String node(String operator, String name, List<String> inputs, List<Message> attributes) {
    Message node = new Message();
    inputs.forEach(input -> node.text(1, input));
    node.text(2, name).text(3, name).text(4, operator);
    attributes.forEach(attribute -> node.message(5, attribute));
    nodes.message(1, node);
    return name;
  }

  private static Message numbers(String name, int... values) {
    Message attribute = new Message().text(1, name).number(20, 7);
    for (int value : values) {
      attribute.number(8, value);
    }
    return attribute;
  }

  private static Message number(String name, int value) {
    return new Message().text(1, name).number(3, value).number(20, 2);
  }

  private static Message value(String name, int... dims) {
    Message shape = new Message();
    for (int dim : dims) {
      shape.message(1, new Message().number(1, dim));
    }
    Message tensor = new Message().number(1, 1).message(2, shape);
    return new Message().text(1, name).message(2, new Message().message(1, tensor));
  }

  /** Writes the model with its weights inside. */
  static void write(Path file) throws IOException {
    write(file, null, 0);
  }

  /**
   * Writes the model.
   *
   * @param data takes the weights, in the directory of the model; null for inside
   * @param extra how many more dense layers it has than VGG-16, of 67 MB each
   */
  static void write(Path file, Path data, int extra) throws IOException {
    LargeFile model = new LargeFile(extra);
    Message start = new Message().raw(model.nodes).text(2, "vgg16");
    Message end =
        new Message()
            .message(11, value("input", 1, 3, 224, 224))
            .message(12, value(model.output, 1, CLASSES));
    List<Message> headers = new ArrayList<>();
    long length = (long) start.size() + end.size();
    long offset = 0;
    for (Weight weight : model.weights) {
      Message header = new Message();
      for (int dim : weight.dims()) {
        header.number(1, dim);
      }
      header.number(2, 1).text(8, weight.name());
      long content;
      if (data == null) {
        header.number(9 << 3 | 2).number(weight.bytes());
        content = header.size() + weight.bytes();
      } else {
        header
            .message(13, entry("location", data.getFileName().toString()))
            .message(13, entry("offset", Long.toString(offset)))
            .message(13, entry("length", Long.toString(weight.bytes())))
            .number(14, 1);
        content = header.size();
        offset += weight.bytes();
      }
      Message wrapped = new Message().number(5 << 3 | 2).number(content).raw(header);
      headers.add(wrapped);
      length += wrapped.size() + (content - header.size());
    }
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20);
        OutputStream elements =
            data == null ? out : new BufferedOutputStream(Files.newOutputStream(data), 1 << 20)) {
      new Message()
          .number(1, 8)
          .text(2, "pellucid-bench")
          .message(8, new Message().number(2, 13))
          .number(7 << 3 | 2)
          .number(length)
          .raw(start)
          .to(out);
      SplittableRandom random = new SplittableRandom(SEED);
      for (int i = 0; i < headers.size(); i++) {
        headers.get(i).to(out);
        floats(random, model.weights.get(i), elements);
      }
      end.to(out);
    }
  }

  private static Message entry(String key, String value) {
    return new Message().text(1, key).text(2, value);
  }

  private static void floats(SplittableRandom random, Weight weight, OutputStream out)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    int perNeuron = 1;
    for (int i = 1; i < weight.dims().length; i++) {
      perNeuron *= weight.dims()[i];
    }
    double bound = Math.sqrt(6.0 / perNeuron) * 2;
    for (long left = weight.bytes(); left > 0; ) {
      buffer.clear().limit((int) Math.min(left, buffer.capacity()));
      while (buffer.hasRemaining()) {
        buffer.putFloat((float) ((random.nextDouble() - 0.5) * bound));
      }
      out.write(buffer.array(), 0, buffer.limit());
      left -= buffer.limit();
    }
  }

  /** A protobuf message, or a part of one. */
  private static final class Message {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Message number(long value) {
      long rest = value;
      while ((rest & ~0x7fL) != 0) {
        bytes.write((int) (rest & 0x7f | 0x80));
        rest >>>= 7;
      }
      bytes.write((int) rest);
      return this;
    }

    Message number(int field, long value) {
      return number(field << 3).number(value);
    }

    Message text(int field, String value) {
      byte[] encoded = value.getBytes(StandardCharsets.UTF_8);
      number(field << 3 | 2).number(encoded.length);
      bytes.writeBytes(encoded);
      return this;
    }

    Message message(int field, Message value) {
      return number(field << 3 | 2).number(value.size()).raw(value);
    }

    Message raw(Message value) {
      bytes.writeBytes(value.bytes.toByteArray());
      return this;
    }

    int size() {
      return bytes.size();
    }

    void to(OutputStream out) throws IOException {
      bytes.writeTo(out);
    }
  }
}
