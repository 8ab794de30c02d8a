package org.pellucid.backend.cuda;

import java.util.function.Function;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.op.BatchNormalization;
import org.pellucid.graph.op.Cast;
import org.pellucid.graph.op.Lrn;
import org.pellucid.graph.op.Unary;

/** Functions of each element. */
final class UnaryLowerings {
  private UnaryLowerings() {}

  /** A function with its attributes. */
  private record Applied(Code code, double p, double q) {}

  static void addTo(Lowerings table) {
    table.add(Unary.Identity.class, (op, site) -> site.alias(0));
    table.add(Cast.class, UnaryLowerings::cast);
    table.add(Unary.Relu.class, (op, site) -> clip(site, 0, Double.POSITIVE_INFINITY));
    table.add(Unary.Clip.class, (op, site) -> clip(site, op.min(), op.max()));
    with(table, Unary.Affine.class, op -> new Applied(Code.AFFINE, op.scale(), op.offset()));
    with(table, Unary.LeakyRelu.class, op -> new Applied(Code.LEAKY_RELU, op.alpha(), 0));
    with(table, Unary.Elu.class, op -> new Applied(Code.ELU, op.alpha(), 0));
    with(table, Unary.Selu.class, op -> new Applied(Code.SELU, op.alpha(), op.gamma()));
    with(table, Unary.Celu.class, op -> new Applied(Code.CELU, op.alpha(), 0));
    with(
        table,
        Unary.ThresholdedRelu.class,
        op -> new Applied(Code.THRESHOLDED_RELU, op.alpha(), 0));
    with(
        table,
        Unary.HardSigmoid.class,
        op -> new Applied(Code.HARD_SIGMOID, op.alpha(), op.beta()));
    with(table, Unary.Swish.class, op -> new Applied(Code.SWISH, op.alpha(), 0));
    with(table, Unary.Gelu.class, op -> new Applied(op.tanh() ? Code.GELU_TANH : Code.GELU, 0, 0));
    with(table, Unary.Neg.class, op -> new Applied(Code.AFFINE, -1, -0.0));
    with(table, Unary.Not.class, op -> new Applied(Code.EQUAL_TO, 0, 0));
    plain(table, Unary.Sigmoid.class, Code.SIGMOID);
    plain(table, Unary.HardSwish.class, Code.HARD_SWISH);
    plain(table, Unary.Mish.class, Code.MISH);
    plain(table, Unary.Softplus.class, Code.SOFTPLUS);
    plain(table, Unary.Softsign.class, Code.SOFTSIGN);
    plain(table, Unary.Tanh.class, Code.TANH);
    plain(table, Unary.Erf.class, Code.ERF);
    plain(table, Unary.Exp.class, Code.EXP);
    plain(table, Unary.Log.class, Code.LOG);
    plain(table, Unary.Sqrt.class, Code.SQRT);
    plain(table, Unary.Reciprocal.class, Code.RECIPROCAL);
    plain(table, Unary.Abs.class, Code.ABS);
    plain(table, Unary.Sign.class, Code.SIGN);
    plain(table, Unary.Floor.class, Code.FLOOR);
    plain(table, Unary.Ceil.class, Code.CEIL);
    plain(table, Unary.Round.class, Code.ROUND);
    plain(table, Unary.RoundStraightThrough.class, Code.ROUND);
    plain(table, Unary.Sin.class, Code.SIN);
    plain(table, Unary.Cos.class, Code.COS);
    plain(table, Unary.Atan.class, Code.ATAN);
    table.add(BatchNormalization.class, UnaryLowerings::normalize);
    table.add(Lrn.class, UnaryLowerings::lrn);
  }

  private static <O extends Unary> void with(
      Lowerings table, Class<O> type, Function<O, Applied> applied) {
    table.add(
        type,
        (op, site) -> {
          Applied function = applied.apply(op);
          site.chain(0, chain -> chain.then(function.code(), function.p(), function.q()));
        });
  }

  private static void plain(Lowerings table, Class<? extends Unary> type, Code code) {
    with(table, type, op -> new Applied(code, 0, 0));
  }

  private static void clip(Site site, double min, double max) {
    if (!ProductDraft.bounded(site, min, max)) {
      site.chain(0, chain -> chain.then(Code.CLIP, min, max));
    }
  }

  /** Floats and truths lie alike; integers are not on the card. */
  private static void cast(Cast op, Site site) {
    if (site.outputType() == ElementType.BOOL && site.type(0) != ElementType.BOOL) {
      site.chain(0, chain -> chain.then(Code.TRUTH, 0, 0));
    } else if (site.type(0) == ElementType.BOOL) {
      // Part of the chain that asks.
      site.chain(0, chain -> chain);
    } else {
      site.alias(0);
    }
  }

  private static void normalize(BatchNormalization op, Site site) {
    int[] perChannel = new int[site.output().rank() - 1];
    java.util.Arrays.fill(perChannel, 1);
    perChannel[0] = site.output().dim(1);
    org.pellucid.graph.Shape shape = org.pellucid.graph.Shape.of(perChannel);
    Function<Integer, Operand> channels =
        index -> new Operand(site.name(index), shape, site.input(index).place());
    site.chain(
        0,
        chain ->
            chain
                .then(Code.SUB, 0, channels.apply(3))
                .then(Code.DIV_BY_DEVIATION, op.epsilon(), channels.apply(4))
                .then(Code.MUL, 0, channels.apply(1))
                .then(Code.ADD, 0, channels.apply(2)));
  }

  private static void lrn(Lrn op, Site site) {
    Operand x = site.input(0);
    int before = (op.size() - 1) / 2;
    Numbers numbers = site.numbers();
    site.add(
        Launch.over(
            x.size(),
            "lrn",
            x.place(),
            site.result(),
            Math.toIntExact(x.size()),
            x.shape().dim(1),
            Math.toIntExact(x.shape().sizeOf(2, x.shape().rank())),
            before,
            op.size() - 1 - before,
            numbers.real(op.alpha() / op.size()),
            numbers.real(op.beta()),
            numbers.real(op.bias())));
  }
}
