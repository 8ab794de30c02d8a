package org.pellucid.backend.cuda.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.backend.cuda.CudaContext;
import org.pellucid.backend.cuda.CudaRuntime;
import org.pellucid.backend.cuda.DeviceBuffer;
import org.pellucid.backend.cuda.Dim3;
import org.pellucid.backend.cuda.KernelImage;
import org.pellucid.backend.cuda.KernelLibrary;

/**
 * What NVIDIA's compiler makes of ordinary CUDA C ({@code src/test/cuda/ordinary.cu}), against
 * Java's own arithmetic: dozens of instructions together, in the sequences that kernels have. For
 * two generations of cards, for which the compiler writes PTX of two manners.
 */
class CompiledKernelsTest {
  private static final int COUNT = 200;

  /**
   * The CUDA C Programming Guide states errors of up to 4 units in the last place for these
   * functions, and 8 for powf; a unit is at most 2^-23 of the value.
   */
  private static final double FLOAT_ERROR = 8 * Math.scalb(1.0, -23);

  /** Up to 2 units for these functions, here with room for Java's own. */
  private static final double DOUBLE_ERROR = 4 * Math.scalb(1.0, -52);

  @FunctionalInterface
  private interface Work {
    void on(CudaContext context, KernelLibrary kernels);
  }

  private static void run(String architecture, Work work) throws IOException {
    String ptx;
    try (InputStream in =
        CompiledKernelsTest.class.getResourceAsStream("ordinary." + architecture + ".ptx")) {
      ptx = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    int capability = Integer.parseInt(architecture.substring("compute_".length()));
    EmulatedCard card =
        EmulatedCard.hopper().withCapability(capability / 10, capability % 10).withRaceCheck();
    CudaRuntime runtime = CudaRuntime.start(new EmulatedCudaDriver(card));
    try (CudaContext context = runtime.open(runtime.devices().get(0))) {
      KernelLibrary kernels =
          new KernelLibrary(context, List.of(new KernelImage("ordinary", ptx, Map.of())));
      work.on(context, kernels);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"compute_75", "compute_100"})
  void functionsOfFloat32(String architecture) throws IOException {
    Random random = new Random(1);
    float[] x = new float[COUNT];
    float[] y = new float[COUNT];
    for (int i = 0; i < COUNT; i++) {
      x[i] = (float) (4 * random.nextGaussian());
      y[i] = (float) (0.3 + 2 * random.nextDouble());
    }
    run(
        architecture,
        (context, kernels) -> {
          DeviceBuffer px = context.allocate(4 * COUNT);
          DeviceBuffer py = context.allocate(4 * COUNT);
          DeviceBuffer out = context.allocate(24 * 4 * COUNT);
          px.write(x);
          py.write(y);
          out.clear();
          kernels.kernel("floats").launch(Dim3.of(4), Dim3.of(64), 0, px, py, out, COUNT);
          float[] found = new float[24 * COUNT];
          out.read(found);
          for (int i = 0; i < COUNT; i++) {
            double[] expected = floats(x[i], y[i]);
            for (int f = 0; f < expected.length; f++) {
              assertThat((double) found[f * COUNT + i])
                  .as("function %d of %s, %s", f, x[i], y[i])
                  .isCloseTo(expected[f], within(FLOAT_ERROR * Math.abs(expected[f]) + 1e-37));
            }
          }
        });
  }

  private static double[] floats(float x, float y) {
    float size = Math.abs(x);
    return new double[] {
      Math.exp(x),
      Math.log(size + 1e-3f),
      Math.sin(x * 1000f),
      Math.cos(x),
      Math.tanh(x),
      erf(x),
      Math.pow(size, y),
      Math.sqrt(size),
      1 / Math.sqrt(size + 1e-3f),
      (double) x / y,
      x % y,
      Math.floor(x),
      Math.rint(x),
      Math.log1p(size),
      Math.expm1(x),
      Math.atan(x),
      Math.cbrt(x),
      1 / (1 + Math.exp(-x)),
      (double) x / y,
      (int) (x * 3.7f),
      Math.hypot(x, y),
      Math.pow(2, x),
      Math.log(size + 0.1f) / Math.log(2),
      Math.sinh(x)
    };
  }

  /** By its Taylor series, whose terms shrink once they are more than x squared. */
  private static double erf(double x) {
    if (Math.abs(x) > 5.9) {
      return Math.signum(x);
    }
    // e^(-x^2) times a series of terms of one sign loses nothing to cancellation.
    double term = x;
    double sum = 0;
    for (int n = 0; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
      sum += term;
      term *= 2 * x * x / (2 * n + 3);
    }
    return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
  }

  @ParameterizedTest
  @ValueSource(strings = {"compute_75", "compute_100"})
  void functionsOfFloat64(String architecture) throws IOException {
    Random random = new Random(2);
    double[] x = random.doubles(COUNT, -6, 6).toArray();
    double[] y = random.doubles(COUNT, 0.3, 3).toArray();
    run(
        architecture,
        (context, kernels) -> {
          DeviceBuffer px = context.allocate(8 * COUNT);
          DeviceBuffer py = context.allocate(8 * COUNT);
          DeviceBuffer out = context.allocate(12 * 8 * COUNT);
          px.write(x);
          py.write(y);
          kernels.kernel("doubles").launch(Dim3.of(4), Dim3.of(64), 0, px, py, out, COUNT);
          double[] found = new double[12 * COUNT];
          out.read(found);
          for (int i = 0; i < COUNT; i++) {
            double size = Math.abs(x[i]);
            double[] expected = {
              Math.exp(x[i]),
              Math.log(size + 1e-3),
              Math.tanh(x[i]),
              erf(x[i]),
              Math.sqrt(size),
              x[i] / y[i],
              Math.floor(x[i]),
              Math.rint(x[i]),
              Math.log1p(size),
              Math.expm1(x[i]),
              1 / Math.sqrt(size + 0.1),
              (int) (x[i] * 7)
            };
            for (int f = 0; f < expected.length; f++) {
              // The series above is good to a few units more.
              double error = f == 3 ? 20 * DOUBLE_ERROR : DOUBLE_ERROR;
              assertThat(found[f * COUNT + i])
                  .as("function %d of %s, %s", f, x[i], y[i])
                  .isCloseTo(expected[f], within(error * Math.abs(expected[f])));
            }
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"compute_75", "compute_100"})
  void integers(String architecture) throws IOException {
    Random random = new Random(3);
    int[] x = random.ints(COUNT).toArray();
    int[] y = random.ints(COUNT, -1000, 1000).toArray();
    run(
        architecture,
        (context, kernels) -> {
          DeviceBuffer px = context.allocate(4 * COUNT);
          DeviceBuffer py = context.allocate(4 * COUNT);
          DeviceBuffer out = context.allocate(18 * 4 * COUNT);
          px.write(x);
          py.write(y);
          kernels.kernel("integers").launch(Dim3.of(4), Dim3.of(64), 0, px, py, out, COUNT);
          int[] found = new int[18 * COUNT];
          out.read(found);
          for (int i = 0; i < COUNT; i++) {
            int[] expected = integers(x[i], y[i]);
            for (int f = 0; f < expected.length; f++) {
              assertThat(found[f * COUNT + i])
                  .as("result %d of %d, %d", f, x[i], y[i])
                  .isEqualTo(expected[f]);
            }
          }
        });
  }

  private static int[] integers(int a, int b) {
    long product = (long) a * b;
    int chosen =
        switch (a & 7) {
          case 0 -> 5;
          case 1 -> b;
          case 2 -> -b;
          case 3 -> b * b;
          case 4 -> b + 1;
          case 5 -> b >> 1;
          default -> 99;
        };
    return new int[] {
      b == 0 ? 0 : a / b,
      b == 0 ? 0 : a % b,
      b == 0 ? 0 : Integer.divideUnsigned(a, b),
      (int) (product >> 7),
      Integer.bitCount(a)
          + Integer.numberOfLeadingZeros(b)
          + (a == 0 ? 0 : 1 + Integer.numberOfTrailingZeros(a)),
      Integer.reverse(a),
      a & 0xffff | b << 16,
      Math.min(a, b),
      Integer.compareUnsigned(a, b) > 0 ? a : b,
      (int) (product >> 32),
      (int) ((a & 0xffffffffL) * (b & 0xffffffffL) >>> 32),
      a << (b & 31) | a >>> (b & 15),
      (int) (((long) b << 32 | a & 0xffffffffL) << 5 >>> 32),
      a > b ? a - b : (a ^ b) & 0xff,
      chosen,
      (int) (product % 1000003),
      (int) (Math.abs((long) a - b) + 3),
      (short) a * (byte) b
    };
  }

  /** Shared memory, dynamic and not, shuffles and barriers, under the check for races. */
  @ParameterizedTest
  @ValueSource(strings = {"compute_75", "compute_100"})
  void blocksThatWorkTogether(String architecture) throws IOException {
    int rows = 5;
    int length = 1000;
    float[] x = new float[rows * length];
    Random random = new Random(4);
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) (3 * random.nextGaussian());
    }
    run(
        architecture,
        (context, kernels) -> {
          DeviceBuffer px = context.allocate(4L * x.length);
          DeviceBuffer py = context.allocate(4L * x.length);
          px.write(x);
          kernels.kernel("softmax").launch(Dim3.of(rows), Dim3.of(128), 4 * length, px, py, length);
          float[] found = new float[x.length];
          py.read(found);
          for (int row = 0; row < rows; row++) {
            double sum = 0;
            for (int i = 0; i < length; i++) {
              sum += Math.exp(x[row * length + i]);
            }
            for (int i = row * length; i < (row + 1) * length; i++) {
              double expected = Math.exp(x[i]) / sum;
              // Eight terms to each thread, and seven rounds of sums: a dozen roundings more.
              assertThat((double) found[i]).isCloseTo(expected, within(3 * FLOAT_ERROR * expected));
            }
          }
        });
  }
}
