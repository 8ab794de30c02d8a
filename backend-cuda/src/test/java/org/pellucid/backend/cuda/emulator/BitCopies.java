package org.pellucid.backend.cuda.emulator;

/**
 * Copies bits of registers that are kept as one type into arrays of another: what is wider has
 * zeros above, but for 16 bits as 32, which have their sign; what is narrower has the lower bits.
 */
final class BitCopies {
  private BitCopies() {}

  /** Copies the elements of some threads; null where there is no such copy. */
  static Step.EachLane between(Object from, Object to) {
    if (from instanceof int[] a && to instanceof float[] b) {
      return copy(a, b);
    }
    if (from instanceof float[] a && to instanceof int[] b) {
      return copy(a, b);
    }
    if (from instanceof long[] a && to instanceof double[] b) {
      return copy(a, b);
    }
    if (from instanceof double[] a && to instanceof long[] b) {
      return copy(a, b);
    }
    if (from instanceof short[] a && to instanceof int[] b) {
      return copy(a, b);
    }
    if (from instanceof int[] a && to instanceof short[] b) {
      return copy(a, b);
    }
    if (from instanceof int[] a && to instanceof long[] b) {
      return copy(a, b);
    }
    if (from instanceof long[] a && to instanceof int[] b) {
      return copy(a, b);
    }
    if (from instanceof short[] a && to instanceof long[] b) {
      return copy(a, b);
    }
    if (from instanceof long[] a && to instanceof short[] b) {
      return copy(a, b);
    }
    if (from instanceof float[] a && to instanceof long[] b) {
      return copy(a, b);
    }
    if (from instanceof long[] a && to instanceof float[] b) {
      return copy(a, b);
    }
    return null;
  }

  private static Step.EachLane copy(int[] a, float[] b) {
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        b[i] = Float.intBitsToFloat(a[i]);
      }
    };
  }

  private static Step.EachLane copy(float[] a, int[] b) {
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        b[i] = Float.floatToRawIntBits(a[i]);
      }
    };
  }

  private static Step.EachLane copy(long[] a, double[] b) {
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        b[i] = Double.longBitsToDouble(a[i]);
      }
    };
  }

  private static Step.EachLane copy(double[] a, long[] b) {
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        b[i] = Double.doubleToRawLongBits(a[i]);
      }
    };
  }

  private static Step.EachLane copy(short[] a, int[] b) {
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        b[i] = a[i];
      }
    };
  }

  private static Step.EachLane copy(int[] a, short[] b) {
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        b[i] = (short) a[i];
      }
    };
  }

  private static Step.EachLane copy(int[] a, long[] b) {
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        b[i] = a[i] & 0xffffffffL;
      }
    };
  }

  private static Step.EachLane copy(long[] a, int[] b) {
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        b[i] = (int) a[i];
      }
    };
  }

  private static Step.EachLane copy(short[] a, long[] b) {
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        b[i] = a[i] & 0xffffL;
      }
    };
  }

  private static Step.EachLane copy(long[] a, short[] b) {
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        b[i] = (short) a[i];
      }
    };
  }

  private static Step.EachLane copy(float[] a, long[] b) {
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        b[i] = Float.floatToRawIntBits(a[i]) & 0xffffffffL;
      }
    };
  }

  private static Step.EachLane copy(long[] a, float[] b) {
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        b[i] = Float.intBitsToFloat((int) a[i]);
      }
    };
  }
}
