package org.pellucid.backend.onnxruntime;

import java.util.ArrayList;
import java.util.List;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.ConvTranspose;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Slice;
import org.pellucid.graph.op.Transpose;

/**
 * A transposed convolution with strides that makes few feature maps, as the gradient of a network's
 * first convolution does, costs ONNX Runtime more than twice what that convolution costs. Outputs
 * of equal remainder to the strides, a phase, are a convolution without strides of what is
 * convolved: so all phases are feature maps of one convolution, which are then put beside each
 * other. For output s p + r of an axis, stride s and padding b before, the input at p + j meets the
 * element r + b - s j of the kernel.
 */
final class PhasedConvolutions {
  /** Feature maps of all phases: where there are more, zeros in their kernels cost too much. */
  private static final int MOST = 64;

  /**
   * Products of each output, phases and all: with fewer it costs more to put phases beside each
   * other. Measured with 16 maps and 3 x 3 elements, and 64 and 7 x 7.
   */
  private static final int LEAST = 512;

  private final Tensor weight;
  private final Axis rows;
  private final Axis columns;

  private PhasedConvolutions(ConvTranspose transposed, Tensor weight, Shape input, Shape output) {
    this.weight = weight;
    this.rows = Axis.of(transposed, weight, input, output, 0);
    this.columns = Axis.of(transposed, weight, input, output, 1);
  }

  /** The same graph with such convolutions replaced. Sums run in another order. */
  static ModelGraph of(ModelGraph graph) {
    return Rewriting.of(graph, PhasedConvolutions::apply);
  }

  private static boolean apply(Node node, Rewriting rewriting) {
    if (!(node.operation() instanceof ConvTranspose transposed)) {
      return false;
    }
    Tensor weight = rewriting.constant(node.inputs().get(1));
    boolean known =
        weight != null
            && !weight.isMapped()
            && weight.elementType() == ElementType.FLOAT32
            && weight.shape().rank() == 4
            && node.inputs().stream().skip(2).allMatch(bias -> rewriting.constant(bias) != null);
    if (!known || !isSlow(transposed, weight.shape())) {
      return false;
    }
    ModelGraph graph = rewriting.graph();
    PhasedConvolutions phases =
        new PhasedConvolutions(
            transposed,
            weight,
            graph.type(node.inputs().get(0)).shape(),
            graph.type(node.output()).shape());
    if (!phases.rows.fits() || !phases.columns.fits()) {
      return false;
    }
    phases.replace(node, rewriting);
    return true;
  }

  private static boolean isSlow(ConvTranspose transposed, Shape weight) {
    int phases = transposed.strides().get(0) * transposed.strides().get(1);
    return phases > 1
        && transposed.groups() == 1
        && weight.dim(1) * phases <= MOST
        && weight.size() / weight.dim(1) >= LEAST
        && transposed.dilations().stream().allMatch(dilation -> dilation == 1);
  }

  /**
   * An axis of the convolution.
   *
   * @param stride s
   * @param before b
   * @param kernel elements of the kernel
   * @param least the least j of any phase
   * @param most the largest
   * @param input the length of what is convolved
   * @param output the length of what is made
   */
  private record Axis(
      int stride, int before, int kernel, int least, int most, int input, int output) {
    static Axis of(ConvTranspose transposed, Tensor weight, Shape input, Shape output, int axis) {
      int stride = transposed.strides().get(axis);
      int before = transposed.padsBegin().get(axis);
      int kernel = weight.shape().dim(axis + 2);
      return new Axis(
          stride,
          before,
          kernel,
          // The first phase meets the kernel's last elements, and the last one its first.
          Math.floorDiv(before - kernel + stride, stride),
          Math.floorDiv(before + stride - 1, stride),
          input.dim(axis + 2),
          output.dim(axis + 2));
    }

    /** The positions p. */
    int positions() {
      return (output + stride - 1) / stride;
    }

    int padBegin() {
      return -least;
    }

    int padEnd() {
      return positions() + most - input;
    }

    int taps() {
      return most - least + 1;
    }

    boolean fits() {
      return taps() > 0 && padBegin() >= 0 && padEnd() >= 0;
    }

    /** The element of the kernel that a phase's tap is, from 0; outside of it for zeros. */
    int element(int phase, int tap) {
      return phase + before - stride * (least + tap);
    }
  }

  private void replace(Node node, Rewriting rewriting) {
    String output = node.output();
    int samples = rewriting.graph().type(output).shape().dim(0);
    int maps = weight.shape().dim(1);
    String phased = rewriting.unused(output + "/phases");
    List<String> inputs = new ArrayList<>();
    inputs.add(node.inputs().get(0));
    String kernels = rewriting.unused(node.inputs().get(1) + "/phases");
    inputs.add(rewriting.constant(kernels, kernels()));
    if (node.inputs().size() > 2) {
      String bias = node.inputs().get(2);
      Tensor repeated = repeated(rewriting.constant(bias));
      inputs.add(rewriting.constant(rewriting.unused(bias + "/phases"), repeated));
    }
    Conv conv =
        new Conv(
            List.of(1, 1),
            List.of(1, 1),
            List.of(rows.padBegin(), columns.padBegin()),
            List.of(rows.padEnd(), columns.padEnd()),
            1);
    rewriting.add(new Node(phased, conv, inputs, phased, ""));

    int height = rows.positions();
    int width = columns.positions();
    Shape apart = Shape.of(samples, maps, rows.stride(), columns.stride(), height, width);
    String separate = rewriting.unused(output + "/apart");
    rewriting.add(new Node(separate, new Reshape(apart), List.of(phased), separate, ""));
    String beside = rewriting.unused(output + "/beside");
    Transpose interleaved = new Transpose(List.of(0, 1, 4, 2, 5, 3));
    rewriting.add(new Node(beside, interleaved, List.of(separate), beside, ""));
    Shape whole = Shape.of(samples, maps, height * rows.stride(), width * columns.stride());
    Reshape together = new Reshape(whole);
    if (whole.equals(rewriting.graph().type(output).shape())) {
      rewriting.add(node.with(together).withInputs(List.of(beside)));
      return;
    }
    String longer = rewriting.unused(output + "/longer");
    rewriting.add(new Node(longer, together, List.of(beside), longer, ""));
    Slice begin =
        new Slice(
            List.of(0, 0, 0, 0),
            List.of(samples, maps, rows.output(), columns.output()),
            List.of(1, 1, 1, 1));
    rewriting.add(node.with(begin).withInputs(List.of(longer)));
  }

  /** For each map all phases, by rows and columns. */
  private Tensor kernels() {
    int from = weight.shape().dim(0);
    int maps = weight.shape().dim(1);
    int phases = rows.stride() * columns.stride();
    int taps = rows.taps() * columns.taps();
    float[] given = weight.toFloatArray();
    float[] kernels = new float[maps * phases * from * taps];
    for (int i = 0; i < kernels.length; i++) {
      int tap = i % taps;
      int channel = i / taps % from;
      int phase = i / taps / from % phases;
      int map = i / taps / from / phases;
      int row = rows.element(phase / columns.stride(), tap / columns.taps());
      int column = columns.element(phase % columns.stride(), tap % columns.taps());
      if (row >= 0 && row < rows.kernel() && column >= 0 && column < columns.kernel()) {
        kernels[i] =
            given[((channel * maps + map) * rows.kernel() + row) * columns.kernel() + column];
      }
    }
    return Tensor.of(Shape.of(maps * phases, from, rows.taps(), columns.taps()), kernels);
  }

  /** The bias of each map for all its phases. */
  private Tensor repeated(Tensor bias) {
    int phases = rows.stride() * columns.stride();
    float[] given = bias.toFloatArray();
    float[] repeated = new float[given.length * phases];
    for (int i = 0; i < repeated.length; i++) {
      repeated[i] = given[i / phases];
    }
    return Tensor.of(Shape.of(repeated.length), repeated);
  }
}
