package org.pellucid.it.hostile;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Damage to files, byte by byte: what reaches further than noise keeps most of a valid file. */
final class Mutations {
  /** Ends of ranges, of one byte and as lengths: signs, carries, variable-length numbers. */
  private static final byte[][] ODD_BYTES = {
    {0},
    {(byte) 0xff},
    {0x7f},
    {(byte) 0x80},
    {(byte) 0xff, (byte) 0xff, (byte) 0xff, 0x7f},
    {0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff},
    {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0x0f},
    {-1, -1, -1, -1, -1, -1, -1, -1, -1, 1},
    {0, 0, (byte) 0x80, 0x7f},
    {0, 0, (byte) 0xc0, 0x7f},
  };

  private static final int MOST_STEPS = 6;

  private final Random random;

  Mutations(Random random) {
    this.random = random;
  }

  /** A file made of one of the corpus, and now and then a piece of another. */
  byte[] next(List<byte[]> corpus) {
    byte[] bytes = corpus.get(random.nextInt(corpus.size())).clone();
    for (int steps = 1 + random.nextInt(MOST_STEPS); steps > 0; steps--) {
      bytes = step(bytes, corpus);
    }
    return bytes;
  }

  private byte[] step(byte[] bytes, List<byte[]> corpus) {
    if (bytes.length == 0) {
      return new byte[] {(byte) random.nextInt(256)};
    }
    int at = random.nextInt(bytes.length);
    int length = Math.min(bytes.length - at, 1 << random.nextInt(8));
    switch (random.nextInt(8)) {
      case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> bytes[at] = (byte) random.nextInt(256);
      case 2 -> {
        byte[] odd = ODD_BYTES[random.nextInt(ODD_BYTES.length)];
        System.arraycopy(odd, 0, bytes, at, Math.min(odd.length, bytes.length - at));
      }
      case 3 -> bytes[at] += (byte) (random.nextBoolean() ? 1 : -1);
      case 4 -> {
        return Arrays.copyOf(bytes, at);
      }
      case 5 -> {
        return spliced(bytes, at, at + length, new byte[0]);
      }
      case 6 -> {
        return spliced(bytes, at, at, Arrays.copyOfRange(bytes, at, at + length));
      }
      default -> {
        byte[] other = corpus.get(random.nextInt(corpus.size()));
        int from = random.nextInt(other.length);
        int to = Math.min(other.length, from + length);
        return spliced(
            bytes, at, at + random.nextInt(length + 1), Arrays.copyOfRange(other, from, to));
      }
    }
    return bytes;
  }

  /** With what lies between two places replaced. */
  private static byte[] spliced(byte[] bytes, int from, int to, byte[] middle) {
    byte[] spliced = Arrays.copyOf(bytes, from + middle.length + bytes.length - to);
    System.arraycopy(middle, 0, spliced, from, middle.length);
    System.arraycopy(bytes, to, spliced, from + middle.length, bytes.length - to);
    return spliced;
  }
}
