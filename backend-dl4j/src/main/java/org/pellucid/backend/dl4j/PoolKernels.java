package org.pellucid.backend.dl4j;

import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.AveragePool;
import org.pellucid.graph.op.MaxPool;
import org.pellucid.graph.op.MaxPoolGrad;
import org.pellucid.graph.op.MaxPoolSelect;

/** Pools. The input is padded before, so that ND4J sees whole windows only. */
final class PoolKernels {
  private PoolKernels() {}

  static void addTo(Kernels table) {
    table.add(MaxPool.class, PoolKernels::largest);
    table.add(AveragePool.class, PoolKernels::mean);
    table.add(MaxPoolGrad.class, PoolKernels::spread);
    table.add(MaxPoolSelect.class, PoolKernels::select);
  }

  /** The windows of a pool over an input. */
  private record Windows(
      long[] kernel, long[] strides, long[] dilations, long[] begin, long[] end, long[] output) {
    static Windows of(MaxPool op, Shape x, Shape y) {
      return of(op.kernel(), op.strides(), op.dilations(), op.padsBegin(), x, y);
    }

    static Windows of(
        List<Integer> kernel,
        List<Integer> strides,
        List<Integer> dilations,
        List<Integer> padsBegin,
        Shape x,
        Shape y) {
      long[] k = Spatial.of(kernel, 1);
      long[] s = Spatial.of(strides, 1);
      long[] d = Spatial.of(dilations, 1);
      long[] begin = Spatial.of(padsBegin, 0);
      long[] input = Spatial.of(NativeArrays.dims(x));
      long[] output = Spatial.of(NativeArrays.dims(y));
      long[] end = new long[k.length];
      for (int a = 0; a < k.length; a++) {
        // As far as the last window reaches; the input may reach further.
        long reach = (output[a + 2] - 1) * s[a] + (k[a] - 1) * d[a] + 1;
        end[a] = Math.max(0, reach - begin[a] - input[a + 2]);
      }
      return new Windows(k, s, d, begin, end, output);
    }

    int elements() {
      return (int) Arrays.stream(kernel).reduce(1, (a, b) -> a * b);
    }

    INDArray padded(Call call, INDArray x, double value) {
      INDArray image = Call.view(x, Spatial.of(x.shape()));
      boolean none = Arrays.stream(begin).sum() + Arrays.stream(end).sum() == 0;
      return none
          ? image
          : ArrangementKernels.padded(
              call, image, Spatial.beside(begin), Spatial.beside(end), value);
    }

    long[] settings() {
      return Spatial.joined(
          kernel, strides, new long[kernel.length], dilations, new long[] {0, 0, 0});
    }

    /** For an element of the window, what stands there in each window of a padded array. */
    INDArray at(int element, INDArray padded) {
      long[] starts = new long[padded.rank()];
      int rest = element;
      for (int a = kernel.length - 1; a >= 0; a--) {
        starts[a + 2] = rest % kernel[a] * dilations[a];
        rest /= (int) kernel[a];
      }
      return Strided.part(padded, starts, output, Spatial.joined(new long[] {1, 1}, strides));
    }
  }

  private static INDArray largest(MaxPool op, Call call) {
    Windows windows = Windows.of(op, call.shape(0), call.outputShape());
    INDArray y = call.output();
    largest(call, windows, windows.padded(call, call.input(0), Double.NEGATIVE_INFINITY), y);
    return y;
  }

  private static void largest(Call call, Windows windows, INDArray padded, INDArray y) {
    String name = windows.kernel().length == 2 ? "maxpool2d" : "maxpool3dnew";
    call.run(
        name, Call.view(y, windows.output()), windows.settings(), new boolean[0], false, padded);
  }

  private static INDArray mean(AveragePool op, Call call) {
    Shape x = call.shape(0);
    Windows windows =
        Windows.of(
            op.kernel(), op.strides(), op.dilations(), op.padsBegin(), x, call.outputShape());
    INDArray padded = windows.padded(call, call.input(0), 0);
    INDArray y = call.output();
    INDArray means = Call.view(y, windows.output());
    String name = windows.kernel().length == 2 ? "avgpool2d" : "avgpool3dnew";
    call.run(name, means, windows.settings(), new boolean[0], false, padded);
    double[] factors = factors(op, windows, x);
    if (factors.length > 0) {
      long[] plane = windows.output().clone();
      plane[0] = 1;
      plane[1] = 1;
      int[] dims = Arrays.stream(plane).mapToInt(d -> (int) d).toArray();
      INDArray shares = call.upload(Tensor.of(Shape.of(dims), factors));
      call.run("multiply", means, means, shares);
    }
    return y;
  }

  /** What turns means of whole windows into those asked for; nothing where they are. */
  private static double[] factors(AveragePool op, Windows windows, Shape x) {
    double[] counts = {1};
    int axes = op.kernel().size();
    for (int a = 0; a < axes; a++) {
      int length = x.dim(a + 2);
      int before = op.padsBegin().get(a);
      int least = op.countIncludePad() ? -before : 0;
      int end = op.countIncludePad() ? length + op.padsEnd().get(a) : length;
      int outputs = (int) windows.output()[windows.output().length - axes + a];
      double[] finer = new double[counts.length * outputs];
      for (int i = 0; i < finer.length; i++) {
        int first = i % outputs * op.strides().get(a) - before;
        int inside = 0;
        for (int k = 0; k < op.kernel().get(a); k++) {
          int at = first + k * op.dilations().get(a);
          inside += at >= least && at < end ? 1 : 0;
        }
        finer[i] = counts[i / outputs] * inside;
      }
      counts = finer;
    }
    int whole = windows.elements();
    if (Arrays.stream(counts).allMatch(count -> count == whole)) {
      return new double[0];
    }
    return Arrays.stream(counts).map(count -> whole / count).toArray();
  }

  /**
   * Element by element of the window, in its order: where the largest stands that no element before
   * it equalled, it gets what its window has. ND4J's own would have to be trusted with ties.
   */
  private static INDArray spread(MaxPoolGrad op, Call call) {
    Windows windows = Windows.of(op.pool(), call.shape(0), call.shape(1));
    INDArray x = windows.padded(call, call.input(0), Double.NEGATIVE_INFINITY);
    INDArray sums = call.like(x);
    sums.assign(0);
    INDArray g = Call.view(call.input(1), windows.output());
    Choice choice = new Choice(call, windows, x);
    for (int element = 0; element < windows.elements(); element++) {
      int before = call.mark();
      windows.at(element, sums).addi(choice.numbers().mul(choice.next(element), g));
      call.freeSince(before, choice.open);
    }
    INDArray y = call.output();
    INDArray image = Call.view(y, Spatial.of(y.shape()));
    long[] from = Spatial.beside(windows.begin());
    Call.fill(image, Strided.part(sums, from, image.shape(), Strided.ones(from.length)));
    return y;
  }

  private static INDArray select(MaxPoolSelect op, Call call) {
    Windows windows = Windows.of(op.pool(), call.shape(0), call.outputShape());
    INDArray x = windows.padded(call, call.input(0), Double.NEGATIVE_INFINITY);
    INDArray v = windows.padded(call, call.input(1), 0);
    INDArray y = call.output();
    INDArray chosen = Call.view(y, windows.output());
    chosen.assign(0);
    Choice choice = new Choice(call, windows, x);
    for (int element = 0; element < windows.elements(); element++) {
      int before = call.mark();
      INDArray here = call.compact(windows.at(element, v));
      chosen.addi(choice.numbers().mul(choice.next(element), here));
      call.freeSince(before, choice.open);
    }
    return y;
  }

  /** Goes through the elements of all windows and finds the first that is the largest. */
  private static final class Choice {
    private final Call call;
    private final Numbers numbers;
    private final Windows windows;
    private final INDArray x;
    private final INDArray largest;
    private INDArray open;

    Choice(Call call, Windows windows, INDArray x) {
      this.call = call;
      this.numbers = new Numbers(call);
      this.windows = windows;
      this.x = x;
      this.largest = call.floats(windows.output());
      largest(call, windows, x, largest);
      this.open = call.like(largest);
      open.assign(1);
    }

    Numbers numbers() {
      return numbers;
    }

    /** 1 in the windows whose largest is this element and none before it. */
    INDArray next(int element) {
      INDArray here = call.compact(windows.at(element, x));
      INDArray equal = numbers.numbers(numbers.compare("equals", here, largest));
      INDArray first = numbers.mul(equal, open);
      open = numbers.sub(open, first);
      return first;
    }
  }
}
