package org.pellucid.backend.djl;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.pellucid.graph.Shape;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.ConvTranspose;

/** Convolution, both ways. */
final class ConvolutionLowerings {
  private ConvolutionLowerings() {}

  static void addTo(Lowerings table) {
    table.add(
        Conv.class,
        new Lowering<>() {
          @Override
          public PtNDArray run(Conv conv, Call call) {
            if (conv.padsBegin().equals(conv.padsEnd())) {
              return convolve(conv, call, call.input(0), Spatial.shape(conv.padsBegin()));
            }
            // PyTorch pads both ends alike.
            try (PtNDArray padded =
                JniUtils.pad(call.input(0), Spatial.padding(conv.padsBegin(), conv.padsEnd()), 0)) {
              return convolve(
                  conv,
                  call,
                  padded,
                  new ai.djl.ndarray.types.Shape(new long[conv.strides().size()]));
            }
          }

          @Override
          public Optional<String> refusal(Conv conv) {
            return Spatial.refusal(conv.strides().size());
          }
        });
    table.add(ConvTranspose.class, new Transposed());
  }

  private static PtNDArray convolve(
      Conv conv, Call call, PtNDArray x, ai.djl.ndarray.types.Shape padding) {
    return JniUtils.convolution(
        x,
        call.input(1),
        call.optional(2),
        Spatial.shape(conv.strides()),
        padding,
        Spatial.shape(conv.dilations()),
        conv.groups());
  }

  private static final class Transposed implements Lowering.Scripted<ConvTranspose> {
    @Override
    public String expression(ConvTranspose op, List<TensorType> inputs) {
      // PyTorch leaves out as much at both ends; it can add less than a step after.
      List<Integer> extra = perAxis(op, a -> before(op, a) - after(op, a));
      if (IntStream.range(0, extra.size()).allMatch(a -> isAllowed(op, a, extra.get(a)))) {
        return transposed(op, inputs, op.padsBegin(), extra);
      }
      String whole =
          transposed(op, inputs, perAxis(op, a -> 0), perAxis(op, a -> Math.max(0, -after(op, a))));
      Shape output = op.infer(inputs).shape();
      for (int a = 0; a < extra.size(); a++) {
        int from = before(op, a);
        int to = from + output.dim(a + 2);
        whole = "torch.slice(" + whole + ", " + (a + 2) + ", " + from + ", " + to + ", 1)";
      }
      return whole;
    }

    private static List<Integer> perAxis(ConvTranspose op, IntUnaryOperator value) {
      return IntStream.range(0, op.strides().size()).map(value).boxed().toList();
    }

    private static int before(ConvTranspose op, int axis) {
      return op.padsBegin().get(axis);
    }

    /** What is left out after the end, less what is added there. */
    private static int after(ConvTranspose op, int axis) {
      return op.padsEnd().get(axis) - op.outputPadding().get(axis);
    }

    private static boolean isAllowed(ConvTranspose op, int axis, int extra) {
      return extra >= 0 && extra < Math.max(op.strides().get(axis), op.dilations().get(axis));
    }

    private static String transposed(
        ConvTranspose op, List<TensorType> inputs, List<Integer> pads, List<Integer> extra) {
      return "torch.conv_transpose"
          + op.strides().size()
          + "d("
          + String.join(
              ", ",
              "x0",
              "x1",
              inputs.size() == 3 ? "x2" : "None",
              op.strides().toString(),
              pads.toString(),
              extra.toString(),
              Integer.toString(op.groups()),
              op.dilations().toString())
          + ")";
    }

    @Override
    public Optional<String> refusal(ConvTranspose op) {
      return Spatial.refusal(op.strides().size());
    }
  }
}
