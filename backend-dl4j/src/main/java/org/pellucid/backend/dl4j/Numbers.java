package org.pellucid.backend.dl4j;

import java.util.function.BiFunction;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.scalar.RectifiedLinear;
import org.nd4j.linalg.api.ops.impl.scalar.ScalarAdd;
import org.nd4j.linalg.api.ops.impl.scalar.ScalarMultiplication;
import org.nd4j.linalg.api.ops.impl.transforms.same.Negative;
import org.nd4j.linalg.factory.Nd4j;
import org.pellucid.graph.Shape;

/** Arithmetic on floating arrays within a call. Every result is a new array of the call. */
final class Numbers {
  /** A function of ND4J: made of the operand and the array for the result. */
  interface Function extends BiFunction<INDArray, INDArray, org.nd4j.linalg.api.ops.TransformOp> {}

  private final Call call;

  Numbers(Call call) {
    this.call = call;
  }

  /** A function of each element. */
  INDArray map(Function function, INDArray x) {
    INDArray y = call.like(x);
    Nd4j.getExecutioner().exec(function.apply(x, y));
    return y;
  }

  /** factor x. */
  INDArray scale(INDArray x, double factor) {
    INDArray y = call.like(x);
    Nd4j.getExecutioner().exec(new ScalarMultiplication(x, null, y, factor));
    return y;
  }

  /** x + offset. */
  INDArray shift(INDArray x, double offset) {
    INDArray y = call.like(x);
    Nd4j.getExecutioner().exec(new ScalarAdd(x, null, y, offset));
    return y;
  }

  /** scale x + offset. */
  INDArray affine(INDArray x, double scale, double offset) {
    INDArray scaled = scale == 1 ? x : scale(x, scale);
    return offset == 0 && scaled != x ? scaled : shift(scaled, offset);
  }

  /**
   * max(x, bound). Of NaN it is NaN, so that a network shows that something is wrong: ND4J's own
   * maximum of NaN and a number is the number.
   */
  INDArray atLeast(INDArray x, double bound) {
    INDArray y = call.like(x);
    Nd4j.getExecutioner().exec(new RectifiedLinear(x, y, bound));
    return y;
  }

  /** min(x, bound), likewise. */
  INDArray atMost(INDArray x, double bound) {
    return map(Negative::new, atLeast(map(Negative::new, x), -bound));
  }

  /** a + b. */
  INDArray add(INDArray a, INDArray b) {
    return both("add", a, b);
  }

  /** a - b. */
  INDArray sub(INDArray a, INDArray b) {
    return both("subtract", a, b);
  }

  /** a b. */
  INDArray mul(INDArray a, INDArray b) {
    return both("multiply", a, b);
  }

  /** a / b. */
  INDArray div(INDArray a, INDArray b) {
    return both("realdiv", a, b);
  }

  /** A function of two arrays that broadcast. */
  INDArray both(String name, INDArray a, INDArray b) {
    return both(name, a.dataType(), a, b);
  }

  /** A comparison of two arrays that broadcast. */
  INDArray compare(String name, INDArray a, INDArray b) {
    return both(name, DataType.BOOL, a, b);
  }

  /** A function of two arrays that broadcast, with results of some type. */
  INDArray both(String name, DataType type, INDArray a, INDArray b) {
    return call.broadcast(name, call.make(type, broadcast(a, b)), a, b);
  }

  private static long[] broadcast(INDArray a, INDArray b) {
    return NativeArrays.dims(Shape.broadcast(shape(a), shape(b)));
  }

  private static Shape shape(INDArray array) {
    long[] dims = array.shape();
    int[] lengths = new int[dims.length];
    for (int i = 0; i < dims.length; i++) {
      lengths[i] = (int) dims[i];
    }
    return Shape.of(lengths);
  }

  /** x repeated to a shape; of any type. */
  INDArray expand(INDArray x, long... dims) {
    if (x.dataType() == DataType.BOOL) {
      return truths(expand(numbers(x), dims));
    }
    INDArray y = call.make(x.dataType(), dims);
    return call.broadcast("assign", y, y, x);
  }

  /** 1 where true, otherwise 0. */
  INDArray numbers(INDArray truths) {
    return Call.fill(call.make(call.precision(), truths.shape()), truths);
  }

  /** Where x is not 0. */
  INDArray truths(INDArray x) {
    return compare("not_equals", x, constant(0));
  }

  /** A number that broadcasts. */
  INDArray constant(double value) {
    INDArray number = call.floats();
    number.assign(value);
    return number;
  }

  /** condition ? x : y, all of one shape. */
  INDArray where(INDArray condition, INDArray x, INDArray y) {
    return call.run("select", call.like(x), condition, x, y);
  }

  /** A reduction over axes, which stay with length 1. */
  INDArray reduce(String name, INDArray x, int... axes) {
    long[] dims = x.shape().clone();
    long[] reduced = new long[axes.length];
    for (int i = 0; i < axes.length; i++) {
      dims[axes[i]] = 1;
      reduced[i] = axes[i];
    }
    boolean[] keep = {true};
    return call.run(name, call.make(x.dataType(), dims), reduced, keep, true, x);
  }
}
