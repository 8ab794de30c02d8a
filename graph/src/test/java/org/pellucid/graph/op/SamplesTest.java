package org.pellucid.graph.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.pellucid.graph.Samples.NONE;
import static org.pellucid.graph.op.Values.bools;
import static org.pellucid.graph.op.Values.floats;
import static org.pellucid.graph.op.Values.longs;
import static org.pellucid.graph.op.Values.shape;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Samples;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;

/**
 * Whether samples that an operation is said to keep apart do stay apart: several samples stacked
 * must give what each of them gives alone, stacked.
 */
class SamplesTest {
  /** How many random cases in which samples stay apart each operation is checked with. */
  private static final int CHECKS = 60;

  /** How many cases are looked through for them. */
  private static final int TRIALS = 2000;

  /** Types for {@code count} samples, stacked along the axes. */
  private record Case(Operation operation, List<TensorType> inputs, int[] axes, int count) {
    Samples samples() {
      return operation.samples(inputs, axes, count);
    }

    @Override
    public String toString() {
      return operation
          + " of "
          + inputs
          + " with "
          + count
          + " sample(s) on axes "
          + IntStream.of(axes).boxed().toList();
    }
  }

  /** Random operations of one class with inputs that fit. */
  private static final class Generator {
    private final Random random;

    Generator(long seed) {
      this.random = new Random(seed);
    }

    int upTo(int most) {
      return 1 + random.nextInt(most);
    }

    boolean coin() {
      return random.nextBoolean();
    }

    int[] dims(int rank) {
      return IntStream.generate(() -> upTo(4)).limit(rank).toArray();
    }

    Shape shape(int leastRank) {
      return Shape.of(dims(leastRank + random.nextInt(5 - leastRank)));
    }

    /** A shape that broadcasts to another. */
    Shape part(Shape whole) {
      int dropped = random.nextInt(3) == 0 ? random.nextInt(whole.rank() + 1) : 0;
      int[] dims = new int[whole.rank() - dropped];
      for (int a = 0; a < dims.length; a++) {
        dims[a] = random.nextInt(4) == 0 ? 1 : whole.dim(a + dropped);
      }
      return Shape.of(dims);
    }

    List<Integer> some(int rank) {
      List<Integer> axes = new ArrayList<>();
      while (axes.isEmpty()) {
        IntStream.range(0, rank).filter(axis -> random.nextInt(3) == 0).forEach(axes::add);
      }
      return axes;
    }

    List<Integer> perAxis(int axes, java.util.function.IntSupplier entry) {
      return IntStream.generate(entry).limit(axes).boxed().toList();
    }

    /** Stacks samples along random axes, mostly the first, of types that hold enough of them. */
    Case place(Operation operation, List<TensorType> inputs) {
      int count = coin() ? 1 : 2;
      int[] axes = new int[inputs.size()];
      boolean first = coin();
      for (int i = 0; i < axes.length; i++) {
        Shape shape = inputs.get(i).shape();
        int axis =
            random.nextInt(i == 0 ? 6 : 2) == 0
                ? NONE
                : first ? 0 : random.nextInt(Math.max(shape.rank(), 1));
        axes[i] = axis != NONE && axis < shape.rank() && shape.dim(axis) % count == 0 ? axis : NONE;
      }
      return new Case(operation, inputs, axes, count);
    }

    Case of(Class<? extends Operation> type) throws ReflectiveOperationException {
      if (Unary.class.isAssignableFrom(type)) {
        Shape shape = shape(1);
        return place(
            elementwise(type), List.of(type == Unary.Not.class ? truths(shape) : of(shape)));
      }
      if (Binary.class.isAssignableFrom(type)) {
        Shape whole = shape(1);
        boolean logical = Binary.Logical.class.isAssignableFrom(type);
        List<TensorType> inputs =
            Stream.of(part(whole), part(whole)).map(s -> logical ? truths(s) : of(s)).toList();
        return place(elementwise(type), inputs);
      }
      if (Reduce.class.isAssignableFrom(type)) {
        Shape shape = shape(1);
        Operation reduce =
            (Operation) type.getDeclaredConstructors()[0].newInstance(some(shape.rank()), coin());
        return place(reduce, List.of(of(shape)));
      }
      return switch (type.getSimpleName()) {
        case "Where" -> {
          Shape whole = shape(1);
          yield place(new Where(), List.of(truths(part(whole)), of(part(whole)), of(part(whole))));
        }
        case "Conv" -> conv();
        case "ConvTranspose" -> convTranspose();
        case "MaxPool", "MaxPoolGrad", "MaxPoolSelect", "AveragePool" -> pool(type);
        case "ScatterAdd" -> {
          Shape data = shape(1);
          int axis = random.nextInt(data.rank());
          TensorType indices = longs(dims(random.nextInt(3)));
          TensorType slices = new Gather(axis).infer(List.of(of(data), indices));
          yield place(new ScatterAdd(axis, data.dim(axis)), List.of(slices, indices));
        }
        case "BatchNormalization" -> {
          Shape x = shape(2);
          TensorType channels = of(Shape.of(x.dim(1)));
          yield place(
              new BatchNormalization(0.1), List.of(of(x), channels, channels, channels, channels));
        }
        case "Lrn" -> place(new Lrn(upTo(4), 0.5, 0.75, 1), List.of(of(shape(2))));
        case "Softmax" -> overAxis(shape(1), Softmax::new);
        case "LogSoftmax" -> overAxis(shape(1), LogSoftmax::new);
        case "ArgMax" -> overAxis(shape(1), axis -> new ArgMax(axis, coin(), coin()));
        case "Standardize" -> {
          Shape shape = shape(1);
          yield place(new Standardize(some(shape.rank()), 0.1), List.of(of(shape)));
        }
        case "Gemm" -> gemm();
        case "MatMul" -> matMul();
        case "Concat" -> concat();
        case "Gather" -> {
          Shape data = shape(1);
          TensorType indices = longs(dims(random.nextInt(3)));
          yield place(new Gather(random.nextInt(data.rank())), List.of(of(data), indices));
        }
        case "Cast" -> place(new Cast(ElementType.INT64), List.of(of(shape(1))));
        case "Reshape" -> reshape();
        case "Expand" -> {
          Shape whole = shape(1);
          yield place(new Expand(whole), List.of(of(part(whole))));
        }
        case "Transpose" -> {
          Shape shape = shape(1);
          List<Integer> order = new ArrayList<>(IntStream.range(0, shape.rank()).boxed().toList());
          Collections.shuffle(order, random);
          yield place(new Transpose(order), List.of(of(shape)));
        }
        case "Tile" -> {
          Shape shape = shape(1);
          yield place(
              new Tile(perAxis(shape.rank(), () -> random.nextInt(3) == 0 ? 2 : 1)),
              List.of(of(shape)));
        }
        case "Pad" -> pad();
        case "Slice" -> slice();
        default -> throw new AssertionError("No generator for " + type);
      };
    }

    private static TensorType of(Shape shape) {
      return new TensorType(ElementType.FLOAT64, shape);
    }

    private static TensorType truths(Shape shape) {
      return new TensorType(ElementType.BOOL, shape);
    }

    private Operation elementwise(Class<? extends Operation> type)
        throws ReflectiveOperationException {
      var constructor = type.getDeclaredConstructors()[0];
      Object[] attributes =
          Stream.of(constructor.getParameterTypes())
              .map(parameter -> parameter == boolean.class ? (Object) coin() : 0.7)
              .toArray();
      return (Operation) constructor.newInstance(attributes);
    }

    private Case overAxis(Shape shape, java.util.function.IntFunction<Operation> operation) {
      return place(operation.apply(random.nextInt(shape.rank())), List.of(of(shape)));
    }

    private Case conv() {
      int spatial = upTo(2);
      int groups = upTo(2);
      int perGroup = upTo(2);
      int outputs = groups * upTo(2);
      int[] x = IntStream.generate(() -> 3 + random.nextInt(2)).limit(spatial + 2).toArray();
      int[] weight = dims(spatial + 2);
      x[0] = upTo(2);
      x[1] = groups * perGroup;
      weight[0] = outputs;
      weight[1] = perGroup;
      for (int a = 2; a < weight.length; a++) {
        weight[a] = upTo(3);
      }
      List<Integer> pads = perAxis(spatial, () -> random.nextInt(2));
      Conv conv =
          new Conv(perAxis(spatial, () -> upTo(2)), perAxis(spatial, () -> 1), pads, pads, groups);
      return place(conv, List.of(floats(x), floats(weight), floats(outputs)));
    }

    private Case convTranspose() {
      int spatial = upTo(2);
      int groups = upTo(2);
      int outputs = upTo(2);
      int[] x = IntStream.generate(() -> 2 + random.nextInt(2)).limit(spatial + 2).toArray();
      int[] weight = IntStream.generate(() -> 1 + upTo(2)).limit(spatial + 2).toArray();
      x[0] = upTo(2);
      x[1] = groups * upTo(2);
      weight[0] = x[1];
      weight[1] = outputs;
      List<Integer> pads = perAxis(spatial, () -> random.nextInt(2));
      ConvTranspose conv =
          new ConvTranspose(
              perAxis(spatial, () -> 2),
              perAxis(spatial, () -> upTo(2)),
              pads,
              pads,
              perAxis(spatial, () -> random.nextInt(2)),
              groups);
      return place(conv, List.of(floats(x), floats(weight), floats(groups * outputs)));
    }

    private Case pool(Class<? extends Operation> type) {
      int spatial = upTo(2);
      int[] x = IntStream.generate(() -> 3 + random.nextInt(3)).limit(spatial + 2).toArray();
      x[0] = upTo(2);
      List<Integer> kernel = perAxis(spatial, () -> 1 + upTo(2));
      List<Integer> strides = perAxis(spatial, () -> upTo(3));
      List<Integer> dilations = perAxis(spatial, () -> 1);
      List<Integer> pads = perAxis(spatial, () -> random.nextInt(2));
      if (type == AveragePool.class) {
        Operation pool = new AveragePool(kernel, strides, dilations, pads, pads, coin(), coin());
        return place(pool, List.of(floats(x)));
      }
      MaxPool pool = new MaxPool(kernel, strides, dilations, pads, pads, coin());
      if (type == MaxPool.class) {
        return place(pool, List.of(floats(x)));
      }
      return type == MaxPoolGrad.class
          ? place(new MaxPoolGrad(pool), List.of(floats(x), pool.infer(List.of(floats(x)))))
          : place(new MaxPoolSelect(pool), List.of(floats(x), floats(x)));
    }

    private Case gemm() {
      Gemm gemm = new Gemm(0.5, 2, coin(), coin());
      int rows = upTo(4);
      int depth = upTo(4);
      int columns = upTo(4);
      TensorType a = gemm.transposeA() ? floats(depth, rows) : floats(rows, depth);
      TensorType b = gemm.transposeB() ? floats(columns, depth) : floats(depth, columns);
      Shape c = part(Shape.of(rows, columns));
      return place(gemm, coin() ? List.of(a, b) : List.of(a, b, floats(c.dims())));
    }

    private Case matMul() {
      Shape batch = Shape.of(dims(random.nextInt(3)));
      int depth = upTo(4);
      TensorType a = random.nextInt(4) == 0 ? floats(depth) : matrices(part(batch), upTo(4), depth);
      TensorType b = random.nextInt(4) == 0 ? floats(depth) : matrices(part(batch), depth, upTo(4));
      return place(new MatMul(), List.of(a, b));
    }

    private static TensorType matrices(Shape batch, int rows, int columns) {
      return floats(
          IntStream.concat(IntStream.of(batch.dims()), IntStream.of(rows, columns)).toArray());
    }

    private Case concat() {
      Shape shape = shape(1);
      int axis = random.nextInt(shape.rank());
      List<TensorType> inputs =
          Stream.generate(() -> of(shape.with(axis, upTo(4)))).limit(upTo(3)).toList();
      return place(new Concat(axis), inputs);
    }

    private Case reshape() {
      Shape shape = shape(1);
      List<Integer> dims = new ArrayList<>();
      int rest = (int) shape.size();
      while (rest > 1 || (dims.size() < 4 && coin())) {
        int rests = rest;
        int[] divisors = IntStream.rangeClosed(1, rest).filter(d -> rests % d == 0).toArray();
        int next = divisors[random.nextInt(divisors.length)];
        dims.add(next);
        rest /= next;
      }
      int[] target = dims.stream().mapToInt(Integer::intValue).toArray();
      return place(new Reshape(Shape.of(target)), List.of(of(shape)));
    }

    private Case pad() {
      Shape shape = Shape.of(IntStream.of(dims(upTo(4))).map(d -> d + 1).toArray());
      List<Integer> before = perAxis(shape.rank(), () -> random.nextInt(3) == 0 ? 1 : 0);
      List<Integer> after = perAxis(shape.rank(), () -> random.nextInt(3) == 0 ? 1 : 0);
      Pad.Mode mode = Pad.Mode.values()[random.nextInt(3)];
      return place(new Pad(before, after, mode, 7), List.of(of(shape)));
    }

    private Case slice() {
      Shape shape = shape(1);
      List<Integer> starts = new ArrayList<>();
      List<Integer> sizes = new ArrayList<>();
      List<Integer> steps = new ArrayList<>();
      for (int dim : shape.dims()) {
        int kind = random.nextInt(3);
        starts.add(kind == 0 ? 0 : kind == 1 ? random.nextInt(dim) : dim - 1);
        sizes.add(kind == 1 ? 1 : dim);
        steps.add(kind == 2 ? -1 : 1);
      }
      return place(new Slice(starts, sizes, steps), List.of(of(shape)));
    }

    Tensor value(TensorType type, Case from) {
      Shape shape = type.shape();
      int size = (int) shape.size();
      return switch (type.elementType()) {
        case FLOAT32, FLOAT64 -> Tensor.of(shape, random.doubles(size, 0.25, 4).toArray());
        case BOOL -> Tensor.of(shape, random.longs(size, 0, 2).toArray()).cast(ElementType.BOOL);
        case INT64 -> {
          int length =
              from.operation() instanceof Gather gather
                  ? from.inputs().get(0).shape().dim(gather.axis())
                  : ((ScatterAdd) from.operation()).length();
          yield Tensor.of(shape, random.longs(size, -length, length).toArray());
        }
      };
    }
  }

  static List<Class<? extends Operation>> operations() {
    return Operations.all();
  }

  private static TensorType scaled(TensorType type, int axis, int from, int to) {
    return axis == NONE
        ? type
        : type.withShape(type.shape().with(axis, type.shape().dim(axis) / from * to));
  }

  /** The operation for a number of samples, and a Concat's shared inputs repeated for each. */
  private static Tensor run(Case given, Samples samples, int count, List<Tensor> inputs) {
    TensorType output =
        scaled(given.operation().infer(given.inputs()), samples.axis(), given.count(), count);
    List<Tensor> values = new ArrayList<>(inputs);
    if (given.operation() instanceof Concat && samples.axis() != NONE) {
      for (int i = 0; i < values.size(); i++) {
        if (given.axes()[i] == NONE) {
          values.set(i, stack(Collections.nCopies(count, values.get(i)), samples.axis()));
        }
      }
    }
    Operation operation = given.operation().forOutput(output);
    Shape shape = operation.infer(Inputs.types(values)).shape();
    if (!shape.equals(output.shape())) {
      throw new AssertionError(
          count + " samples of " + given + " were to make " + output + " and make " + shape);
    }
    return operation.evaluate(values);
  }

  private static Tensor stack(List<Tensor> samples, int axis) {
    return new Concat(axis).evaluate(samples);
  }

  private static void check(Case given, Samples samples, Generator generator) {
    int most = 3;
    List<List<Tensor>> alone = new ArrayList<>();
    for (int s = 0; s < most; s++) {
      alone.add(new ArrayList<>());
    }
    for (int i = 0; i < given.axes().length; i++) {
      TensorType one = scaled(given.inputs().get(i), given.axes()[i], given.count(), 1);
      Tensor shared = generator.value(one, given);
      for (List<Tensor> inputs : alone) {
        inputs.add(given.axes()[i] == NONE ? shared : generator.value(one, given));
      }
    }
    List<Tensor> results = alone.stream().map(one -> run(given, samples, 1, one)).toList();
    for (int count : new int[] {given.count(), most}) {
      List<Tensor> stacked = new ArrayList<>();
      for (int i = 0; i < given.axes().length; i++) {
        int input = i;
        List<Tensor> parts =
            alone.subList(0, count).stream().map(inputs -> inputs.get(input)).toList();
        stacked.add(given.axes()[i] == NONE ? parts.get(0) : stack(parts, given.axes()[i]));
      }
      Tensor together = run(given, samples, count, stacked);
      Tensor expected =
          samples.axis() == NONE
              ? results.get(0)
              : stack(results.subList(0, count), samples.axis());
      if (!agree(together, expected)) {
        assertThat(together.toDoubleArray())
            .as("%s samples of %s, said to be stacked along %s", count, given, samples.axis())
            .containsExactly(expected.toDoubleArray(), within(1e-12));
      }
    }
  }

  /** What the assertion says, without its cost where all is well. */
  private static boolean agree(Tensor a, Tensor b) {
    return a.shape().equals(b.shape())
        && IntStream.range(0, a.size()).allMatch(i -> Math.abs(a.get(i) - b.get(i)) <= 1e-12);
  }

  @ParameterizedTest
  @MethodSource("operations")
  void samplesThatStayApartGiveTogetherWhatTheyGiveAlone(Class<? extends Operation> type)
      throws ReflectiveOperationException {
    Generator generator = new Generator(20260101L + type.getSimpleName().hashCode());
    int apart = 0;
    for (int trial = 0; trial < TRIALS && apart < CHECKS; trial++) {
      Case given = generator.of(type);
      Samples samples = given.samples();
      if (IntStream.of(given.axes()).allMatch(axis -> axis == NONE)) {
        assertThat(samples).as("%s", given).isEqualTo(Samples.along(NONE));
      } else if (samples.apart()) {
        check(given, samples, generator);
        apart++;
      } else {
        assertThat(samples.mixed()).as("%s", given).startsWith("it").doesNotEndWith(".");
      }
    }
    assertThat(apart).as("trials of %s in which samples stay apart", type).isEqualTo(CHECKS);
  }

  private static Arguments expect(
      int axis, Operation operation, List<TensorType> inputs, int... axes) {
    return Arguments.of(operation, inputs, axes, axis);
  }

  /** What must be recognised as staying apart, as it occurs in networks; at one sample. */
  static Stream<Arguments> apart() {
    List<Integer> zeros = List.of(0, 0, 0, 0);
    return Stream.of(
        expect(0, new Binary.Add(), List.of(floats(1, 8, 4, 4), floats(8, 1, 1)), 0, NONE),
        expect(0, new Binary.Mul(), List.of(floats(1, 8, 4, 4), floats(1, 8, 1, 1)), 0, 0),
        expect(0, new Binary.Add(), List.of(floats(), floats(1, 8)), NONE, 0),
        expect(2, new Binary.Add(), List.of(floats(5, 6, 1), floats(1)), 2, NONE),
        // Flatten, and its opposite.
        expect(0, new Reshape(shape(1, 128)), List.of(floats(1, 8, 4, 4)), 0),
        expect(0, new Reshape(shape(1, 8, 4, 4)), List.of(floats(1, 128)), 0),
        // The channel shuffle of ShuffleNet, and windows that join the batch and leave it again.
        expect(0, new Reshape(shape(1, 2, 4, 4, 4)), List.of(floats(1, 8, 4, 4)), 0),
        expect(0, new Reshape(shape(4, 16, 8)), List.of(floats(1, 4, 16, 8)), 0),
        expect(0, new Reshape(shape(1, 4, 16, 8)), List.of(floats(4, 16, 8)), 0),
        // Heads of attention, with sequences outermost.
        expect(1, new Reshape(shape(16, 4, 2)), List.of(floats(16, 1, 8)), 1),
        expect(1, new Reshape(shape(16, 8)), List.of(floats(16, 1, 8)), 1),
        expect(1, new Transpose(List.of(1, 0, 2)), List.of(floats(1, 16, 8)), 0),
        expect(0, new MatMul(), List.of(floats(1, 16, 8), floats(8, 24)), 0, NONE),
        expect(0, new MatMul(), List.of(floats(1, 2, 16, 4), floats(1, 2, 4, 16)), 0, 0),
        expect(0, new MatMul(), List.of(floats(1, 8), floats(8, 24)), 0, NONE),
        expect(1, new MatMul(), List.of(floats(24, 8), floats(8, 1)), NONE, 1),
        expect(
            0,
            new Gemm(1, 1, false, true),
            List.of(floats(1, 8), floats(9, 8), floats(9)),
            0,
            NONE,
            NONE),
        expect(0, new Gemm(1, 1, true, true), List.of(floats(8, 1), floats(9, 8)), 1, NONE),
        expect(0, new Concat(1), List.of(floats(1, 1, 8), floats(1, 16, 8)), NONE, 0),
        expect(0, new Reduce.ReduceMean(List.of(2, 3), false), List.of(floats(1, 8, 4, 4)), 0),
        expect(1, new Reduce.ReduceMean(List.of(0), false), List.of(floats(16, 8, 1)), 2),
        expect(0, new Gather(1), List.of(floats(1, 16, 8), longs()), 0, NONE),
        expect(2, new Gather(0), List.of(floats(16, 1, 8), longs(1, 1)), 1, NONE),
        expect(1, new Gather(1), List.of(floats(5, 7), longs(1, 3)), NONE, 0),
        expect(0, new Slice(List.of(0, 3), List.of(1, 2), List.of(1, 2)), List.of(floats(1, 8)), 0),
        expect(
            0,
            new Pad(List.of(0, 0, 1, 1), zeros, Pad.Mode.EDGE, 0),
            List.of(floats(1, 3, 4, 4)),
            0),
        expect(0, new Expand(shape(1, 16, 8)), List.of(floats(1, 1, 8)), 0),
        expect(0, new Where(), List.of(bools(1, 8), floats(1, 8), floats()), 0, 0, NONE),
        expect(1, new Standardize(List.of(2), 1e-5), List.of(floats(16, 1, 8)), 1));
  }

  @ParameterizedTest
  @MethodSource("apart")
  void staysApart(Operation operation, List<TensorType> inputs, int[] axes, int axis) {
    assertThat(operation.samples(inputs, axes, 1)).isEqualTo(Samples.along(axis));
  }

  private static Arguments mixer(
      int count, Operation operation, List<TensorType> inputs, int... axes) {
    return Arguments.of(operation, inputs, axes, count);
  }

  /** What mixes samples, or would for another number of them. */
  static Stream<Arguments> mixers() {
    List<Integer> ones = List.of(1, 1);
    List<Integer> zeros = List.of(0, 0);
    return Stream.of(
        mixer(1, new Softmax(0), List.of(floats(1, 8)), 0),
        mixer(1, new LogSoftmax(0), List.of(floats(1, 8)), 0),
        mixer(1, new Standardize(List.of(0, 2), 0), List.of(floats(1, 8, 4)), 0),
        mixer(1, new Reduce.ReduceMean(List.of(0), true), List.of(floats(1, 8)), 0),
        mixer(1, new ArgMax(0, true, false), List.of(floats(1, 8)), 0),
        mixer(1, new Concat(0), List.of(floats(1, 8), floats(1, 8)), 0, 0),
        mixer(1, new Concat(1), List.of(floats(1, 8), floats(1, 8)), 0, 1),
        mixer(2, new Concat(1), List.of(floats(2, 8), floats(2, 8)), 0, NONE),
        mixer(1, new Slice(List.of(0), List.of(1), List.of(1)), List.of(floats(4)), 0),
        mixer(1, new Slice(List.of(3), List.of(4), List.of(-1)), List.of(floats(4)), 0),
        mixer(1, new Pad(List.of(1, 0), zeros, Pad.Mode.CONSTANT, 0), List.of(floats(1, 8)), 0),
        mixer(1, new Tile(List.of(2, 1)), List.of(floats(1, 8)), 0),
        mixer(1, new Gather(0), List.of(floats(1, 8), longs()), 0, NONE),
        mixer(1, new Gather(1), List.of(floats(1, 8), longs(1)), 0, 0),
        mixer(1, new Expand(shape(5, 8)), List.of(floats(1, 8)), 0),
        mixer(1, new Binary.Add(), List.of(floats(1, 8), floats(1, 8)), 0, 1),
        // Positions that were meant for one sample's tokens would be dealt out to samples.
        mixer(1, new Binary.Add(), List.of(floats(1, 8), floats(16, 8)), 0, NONE),
        mixer(2, new Binary.Add(), List.of(floats(2, 8), floats(2, 8)), 0, NONE),
        mixer(1, new Binary.Add(), List.of(floats(1, 8), floats(4, 8)), 0, 0),
        mixer(1, new Where(), List.of(bools(1, 8), floats(1, 8), floats(8, 8)), 0, 0, NONE),
        mixer(1, new MatMul(), List.of(floats(8, 1), floats(1, 8)), 1, NONE),
        mixer(1, new MatMul(), List.of(floats(8, 1), floats(1, 8)), 1, 0),
        mixer(1, new MatMul(), List.of(floats(1, 8), floats(8, 1)), 0, 1),
        mixer(1, new MatMul(), List.of(floats(1, 4, 8), floats(3, 8, 4)), 0, NONE),
        mixer(1, new MatMul(), List.of(floats(1), floats(1, 4)), 0, NONE),
        mixer(1, new Gemm(1, 1, false, false), List.of(floats(8, 1), floats(1, 8)), 1, NONE),
        mixer(1, new Gemm(1, 1, false, false), List.of(floats(1, 8), floats(8, 1)), 0, 1),
        mixer(
            1,
            new Gemm(1, 1, false, false),
            List.of(floats(1, 8), floats(8, 4), floats(1, 4)),
            NONE,
            NONE,
            0),
        mixer(
            1,
            new Conv(ones, ones, zeros, zeros, 1),
            List.of(floats(1, 2, 4, 4), floats(2, 2, 1, 1)),
            1,
            NONE),
        mixer(
            1,
            new Conv(ones, ones, zeros, zeros, 1),
            List.of(floats(1, 2, 4, 4), floats(2, 2, 1, 1)),
            0,
            0),
        mixer(
            1, new MaxPool(ones, ones, ones, zeros, zeros, false), List.of(floats(4, 1, 2, 2)), 1),
        mixer(
            1,
            new BatchNormalization(0),
            List.of(floats(1, 2), floats(2), floats(2), floats(2), floats(2)),
            0,
            NONE,
            NONE,
            0,
            NONE),
        mixer(1, new Lrn(3, 1, 1, 1), List.of(floats(4, 1, 2)), 1),
        // Samples inside an axis that something else is outermost in, or cut across two axes.
        mixer(1, new Reshape(shape(16)), List.of(floats(16, 1)), 1),
        mixer(2, new Reshape(shape(3, 2, 4)), List.of(floats(6, 4)), 0));
  }

  @ParameterizedTest
  @MethodSource("mixers")
  void mixes(Operation operation, List<TensorType> inputs, int[] axes, int count) {
    operation.infer(inputs);
    Samples samples = operation.samples(inputs, axes, count);
    assertThat(samples.apart()).as("%s", samples).isFalse();
    assertThat(samples.mixed()).startsWith("it");
  }

  @Test
  void theNumberOfSamplesDecidesWhichAxisTakesThem() {
    Reshape split = new Reshape(shape(1, 4, 16, 8));
    List<TensorType> inputs = List.of(floats(4, 16, 8));
    assertThat(split.samples(inputs, new int[] {0}, 1)).isEqualTo(Samples.along(0));
    assertThat(split.samples(inputs, new int[] {0}, 4)).isEqualTo(Samples.along(1));
  }

  @Test
  void attributesThatHoldALengthFollowTheNumberOfSamples() {
    assertThat(new Reshape(shape(1, 128)).forOutput(floats(3, 128)))
        .isEqualTo(new Reshape(shape(3, 128)));
    assertThat(new Expand(shape(1, 128)).forOutput(floats(3, 128)))
        .isEqualTo(new Expand(shape(3, 128)));
    assertThat(new Slice(List.of(0, 5), List.of(1, 3), List.of(1, 2)).forOutput(floats(3, 3)))
        .isEqualTo(new Slice(List.of(0, 5), List.of(3, 3), List.of(1, 2)));
    assertThat(new Softmax(1).forOutput(floats(3, 3))).isEqualTo(new Softmax(1));
  }
}
