package org.pellucid.backend.djl;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Shape;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.MaxPool;
import org.pellucid.graph.op.MaxPoolGrad;
import org.pellucid.graph.op.MaxPoolSelect;

/**
 * The gradient of max pooling and its transpose, by the positions that PyTorch's own pool reports:
 * of equal elements it takes the first in window order. Both are linear in their second input, and
 * differentiated by it alone.
 */
final class PoolGradientLowerings {
  private PoolGradientLowerings() {}

  static void addTo(Lowerings table) {
    table.add(
        MaxPoolGrad.class,
        new Choice<>() {
          @Override
          MaxPool pool(MaxPoolGrad operation) {
            return operation.pool();
          }

          @Override
          String expression(PaddedPool pool) {
            String x = pool.padded("x0", "-inf");
            String zeros = "torch.zeros_like(" + flat(x) + ")";
            String sums =
                "torch.scatter_add(" + zeros + ", 2, " + pool.positions() + ", " + flat("x1") + ")";
            return pool.cropped(shaped(sums, pool.paddedShape()));
          }
        });
    table.add(
        MaxPoolSelect.class,
        new Choice<>() {
          @Override
          MaxPool pool(MaxPoolSelect operation) {
            return operation.pool();
          }

          @Override
          String expression(PaddedPool pool) {
            String v = flat(pool.padded("x1", "0."));
            return shaped("torch.gather(" + v + ", 2, " + pool.positions() + ")", pool.output());
          }
        });
  }

  /** [N, C, spatial...] with one spatial axis. */
  private static String flat(String x) {
    return "torch.flatten(" + x + ", 2)";
  }

  /** The reverse, with the spatial axes of a shape. */
  private static String shaped(String flat, Shape like) {
    return "torch.unflatten(" + flat + ", 2, " + spatial(like) + ")";
  }

  private static List<Integer> spatial(Shape shape) {
    return Arrays.stream(shape.dims()).skip(2).boxed().toList();
  }

  private abstract static class Choice<O extends Operation> implements Lowering.Scripted<O> {
    abstract MaxPool pool(O operation);

    abstract String expression(PaddedPool pool);

    @Override
    public final String expression(O operation, List<TensorType> inputs) {
      return expression(PaddedPool.of(pool(operation), inputs.get(0)));
    }

    @Override
    public final boolean differentiable(int input) {
      return input == 1;
    }

    @Override
    public final Optional<String> refusal(O operation) {
      return Spatial.refusal(pool(operation).kernel().size());
    }
  }

  /**
   * A pool of {@code x0} with the padding that the engine must be helped with.
   *
   * @param input the shape of what is pooled, before padding
   * @param before cells to add before, per spatial axis
   * @param after cells to add after
   */
  private record PaddedPool(
      MaxPool pool, Shape input, Shape output, List<Integer> before, List<Integer> after) {

    static PaddedPool of(MaxPool pool, TensorType input) {
      TensorType output = pool.infer(List.of(input));
      if (PoolLowerings.nativePadding(pool.kernel(), pool.padsBegin(), pool.padsEnd())) {
        List<Integer> none = Collections.nCopies(pool.kernel().size(), 0);
        return new PaddedPool(pool, input.shape(), output.shape(), none, none);
      }
      List<Integer> after =
          PoolLowerings.after(
              pool.kernel(), pool.strides(), pool.dilations(), pool.padsBegin(), input, output);
      return new PaddedPool(pool, input.shape(), output.shape(), pool.padsBegin(), after);
    }

    private boolean isPadded() {
      return Spatial.anyPositive(before) || Spatial.anyPositive(after);
    }

    String padded(String x, String value) {
      String padding = Arrays.toString(Spatial.padding(before, after));
      return isPadded() ? "torch.constant_pad_nd(" + x + ", " + padding + ", " + value + ")" : x;
    }

    Shape paddedShape() {
      Shape shape = input;
      for (int a = 0; a < before.size(); a++) {
        shape = shape.with(a + 2, before.get(a) + input.dim(a + 2) + after.get(a));
      }
      return shape;
    }

    /** Takes the padding away again. */
    String cropped(String x) {
      String result = x;
      for (int a = 0; isPadded() && a < before.size(); a++) {
        int to = before.get(a) + input.dim(a + 2);
        result =
            "torch.slice(" + result + ", " + (a + 2) + ", " + before.get(a) + ", " + to + ", 1)";
      }
      return result;
    }

    /** For each window the position of its largest element, in one spatial axis. */
    String positions() {
      boolean whole = PoolLowerings.nativePadding(pool.kernel(), pool.padsBegin(), pool.padsEnd());
      return flat(
          "(torch.max_pool"
              + pool.kernel().size()
              + "d_with_indices("
              + String.join(
                  ", ",
                  padded("x0", "-inf"),
                  pool.kernel().toString(),
                  pool.strides().toString(),
                  (whole ? pool.padsBegin() : Collections.nCopies(before.size(), 0)).toString(),
                  pool.dilations().toString(),
                  Script.bool(whole && pool.ceilMode()))
              + "))[1]");
    }
  }
}
