package org.pellucid.it.models;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.onnx.OnnxMessage;

/** Seeded numbers for models, and how files hold them in every width. */
final class Numbers {
  /** The widths of floats, by their ONNX number. */
  enum Width {
    FLOAT16(10),
    BFLOAT16(16),
    FLOAT(1),
    DOUBLE(11);

    final int type;

    Width(int type) {
      this.type = type;
    }
  }

  private final Random random;

  Numbers(long seed) {
    random = new Random(seed);
  }

  /** Weights from -1 to 1 in sixteenths, which are the same number in every width. */
  Tensor weights(int... dims) {
    float[] elements = new float[(int) Shape.of(dims).size()];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = (random.nextInt(33) - 16) / 16f;
    }
    return Tensor.of(Shape.of(dims), elements);
  }

  /** An image of normally distributed floats. */
  Tensor image(int... dims) {
    float[] elements = new float[(int) Shape.of(dims).size()];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = (float) random.nextGaussian();
    }
    return Tensor.of(Shape.of(dims), elements);
  }

  /** An initializer of a width; elements must be what {@link #weights} makes, or 0. */
  static OnnxMessage initializer(String name, Tensor value, Width width) {
    OnnxMessage message = new OnnxMessage();
    for (int dim : value.shape().dims()) {
      message.number(1, dim);
    }
    ByteBuffer raw = ByteBuffer.allocate(8 * value.size()).order(ByteOrder.LITTLE_ENDIAN);
    for (float element : value.toFloatArray()) {
      int bits = Float.floatToIntBits(element);
      switch (width) {
        case FLOAT16 -> raw.putShort((short) half(element, bits));
        case BFLOAT16 -> raw.putShort((short) (bits >>> 16));
        case FLOAT -> raw.putFloat(element);
        case DOUBLE -> raw.putDouble(element);
      }
    }
    byte[] data = new byte[raw.position()];
    raw.flip().get(data);
    return message.number(2, width.type).text(8, name).blob(9, data);
  }

  /** The bits of a normal half or of zero. */
  private static int half(float element, int bits) {
    int sign = bits >>> 16 & 0x8000;
    return element == 0 ? sign : sign | (Math.getExponent(element) + 15) << 10 | bits >> 13 & 0x3ff;
  }
}
