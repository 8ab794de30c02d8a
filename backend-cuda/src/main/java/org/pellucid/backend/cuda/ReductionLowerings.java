package org.pellucid.backend.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.pellucid.graph.Shape;
import org.pellucid.graph.op.ArgMax;
import org.pellucid.graph.op.LogSoftmax;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Softmax;
import org.pellucid.graph.op.Standardize;

/** Reductions over axes, and normalisations, which are made of them. */
final class ReductionLowerings {
  private static final int SUM = 0;
  private static final int LARGEST = 1;
  private static final int SMALLEST = 2;
  private static final int PRODUCT = 3;

  /** From so many elements on a block works on a result, and from a few on a warp. */
  private static final int LONG = 1024;

  private static final int SHORT = 16;
  private static final int WARP = 32;

  private ReductionLowerings() {}

  static void addTo(Lowerings table) {
    add(table, Reduce.ReduceSum.class, SUM);
    add(table, Reduce.ReduceMax.class, LARGEST);
    add(table, Reduce.ReduceMin.class, SMALLEST);
    add(table, Reduce.ReduceProd.class, PRODUCT);
    table.add(
        Reduce.ReduceMean.class,
        (op, site) -> {
          double count = (double) site.shape(0).size() / site.output().size();
          reduce(site, site.input(0), op.axes(), SUM, 1 / count, site.result());
        });
    table.add(
        ArgMax.class,
        (op, site) -> {
          throw new IllegalStateException("Integers are made in Java");
        });
    table.add(Softmax.class, ReductionLowerings::softmax);
    table.add(LogSoftmax.class, ReductionLowerings::logSoftmax);
    table.add(Standardize.class, ReductionLowerings::standardize);
  }

  private static <O extends Reduce> void add(Lowerings table, Class<O> type, int what) {
    table.add(type, (op, site) -> reduce(site, site.input(0), op.axes(), what, 1, site.result()));
  }

  /** Axes with their lengths and steps in memory, neighbours that go on evenly as one. */
  private static void axes(Structure structure, Shape x, int[] wanted) {
    List<int[]> merged = new ArrayList<>();
    for (int axis : wanted) {
      int[] next = {x.dim(axis), x.strides()[axis]};
      if (next[0] == 1) {
        continue;
      }
      int[] before = merged.isEmpty() ? null : merged.get(merged.size() - 1);
      if (before != null && before[1] == next[0] * next[1]) {
        merged.set(merged.size() - 1, new int[] {before[0] * next[0], next[1]});
      } else {
        merged.add(next);
      }
    }
    structure.ints(merged.size());
    int[] lengths = new int[Chain.MOST_AXES];
    int[] steps = new int[Chain.MOST_AXES];
    for (int i = 0; i < merged.size(); i++) {
      lengths[i] = merged.get(i)[0];
      steps[i] = merged.get(i)[1];
    }
    structure.ints(lengths).ints(steps);
  }

  private static void reduce(
      Site site, Operand x, List<Integer> axes, int what, double scale, Place result) {
    int[] all = IntStream.range(0, x.shape().rank()).toArray();
    int[] reduced = IntStream.of(all).filter(axes::contains).toArray();
    int[] kept = IntStream.of(all).filter(axis -> !axes.contains(axis)).toArray();
    long length = IntStream.of(reduced).mapToLong(x.shape()::dim).reduce(1, (a, b) -> a * b);
    long results = x.size() / length;
    Structure reduction = site.structure().ints(Math.toIntExact(results), Math.toIntExact(length));
    axes(reduction, x.shape(), kept);
    axes(reduction, x.shape(), reduced);
    reduction.ints(what).reals(scale);
    // Threads of a warp had best read neighbours: of one result where its elements lie together.
    boolean together = reduced.length > 0 && reduced[reduced.length - 1] == all.length - 1;
    if (site.engine().ordered()) {
      // A thread adds its elements up one after the other.
      site.add(Launch.over(results, "reduce_thread", reduction, x.place(), result));
    } else if (length >= LONG) {
      site.add(
          Launch.of(
              "reduce_block",
              Dim3.of(Math.toIntExact(results)),
              Dim3.of(Launch.THREADS),
              reduction,
              x.place(),
              result));
    } else if (together && length >= SHORT) {
      site.add(Launch.over(WARP * results, "reduce_warp", reduction, x.place(), result));
    } else {
      site.add(Launch.over(results, "reduce_thread", reduction, x.place(), result));
    }
  }

  private static Operand reduced(Site site, Operand x, List<Integer> axes, int what, double scale) {
    Shape shape = x.shape();
    for (int axis : axes) {
      shape = shape.with(axis, 1);
    }
    Operand result = site.temporary(shape);
    reduce(site, x, axes, what, scale, result.place());
    return result;
  }

  private static Operand computed(Site site, Operand x, UnaryOperator<Chain> operation) {
    Operand result = site.temporary(x.shape());
    site.add(operation.apply(Chain.of(x, x.shape())), result);
    return result;
  }

  private static void answer(Site site, Operand x, UnaryOperator<Chain> operation) {
    Chain chain = operation.apply(Chain.of(x, x.shape()));
    site.add(new ChainDraft(chain, site.result(), site.numbers().wide()));
  }

  private static void softmax(Softmax op, Site site) {
    List<Integer> axis = List.of(op.axis());
    Operand x = site.input(0);
    Operand largest = reduced(site, x, axis, LARGEST, 1);
    Operand powers =
        computed(site, x, chain -> chain.then(Code.SUB, 0, largest).then(Code.EXP, 0, 0));
    Operand sum = reduced(site, powers, axis, SUM, 1);
    answer(site, powers, chain -> chain.then(Code.DIV, 0, sum));
  }

  private static void logSoftmax(LogSoftmax op, Site site) {
    List<Integer> axis = List.of(op.axis());
    Operand x = site.input(0);
    Operand largest = reduced(site, x, axis, LARGEST, 1);
    Operand powers =
        computed(site, x, chain -> chain.then(Code.SUB, 0, largest).then(Code.EXP, 0, 0));
    Operand sum = reduced(site, powers, axis, SUM, 1);
    Operand logarithm = computed(site, sum, chain -> chain.then(Code.LOG, 0, 0));
    answer(site, x, chain -> chain.then(Code.SUB, 0, largest).then(Code.SUB, 0, logarithm));
  }

  private static void standardize(Standardize op, Site site) {
    Operand x = site.input(0);
    long count = op.axes().stream().mapToLong(x.shape()::dim).reduce(1, (a, b) -> a * b);
    Operand mean = reduced(site, x, op.axes(), SUM, 1.0 / count);
    Operand centred = computed(site, x, chain -> chain.then(Code.SUB, 0, mean));
    Operand squares = computed(site, centred, chain -> chain.then(Code.MUL, 0, centred));
    Operand variance = reduced(site, squares, op.axes(), SUM, 1.0 / count);
    answer(site, centred, chain -> chain.then(Code.DIV_BY_DEVIATION, op.epsilon(), variance));
  }
}
