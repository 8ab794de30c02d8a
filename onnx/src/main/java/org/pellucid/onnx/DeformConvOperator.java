package org.pellucid.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Slice;
import org.pellucid.graph.op.Transpose;

/**
 * Deformable convolution (Dai et al. 2017; with a mask, Zhu et al. 2019) over 1 to 3 spatial axes:
 * each element of a kernel reads its input where its offset says, between cells, and zeros beyond
 * the input. Written as those readings, stacked as channels, and a convolution with kernels of one
 * cell. Gradients pass to the input, the weight, the offsets and the mask.
 */
final class DeformConvOperator {
  private final NodeTranslation node;
  private final Shape image;
  private final Shape weight;
  private final int axes;
  private final int parts;
  private final int elements;
  private final Windows windows;
  private final int[] to;
  private final int points;

  private DeformConvOperator(NodeTranslation node) {
    this.node = node;
    this.image = node.shape(0);
    this.weight = node.shape(1);
    this.axes = image.rank() - 2;
    if (axes < 1 || weight.rank() != image.rank() || image.size() == 0 || weight.size() == 0) {
      throw new IllegalArgumentException(
          "input " + image + " and weight " + weight + " should have one rank, at least 3");
    }
    if (axes > 3) {
      throw new RefusedNodeException("it has " + axes + " spatial axes, at most 3");
    }
    this.parts = node.attributes().whole("offset_group", 1);
    int[] dims = weight.dims();
    List<Integer> kernel = Arrays.stream(dims, 2, dims.length).boxed().toList();
    List<Integer> declared = node.attributes().wholes("kernel_shape");
    if (declared != null && !declared.isEmpty() && !declared.equals(kernel)) {
      throw new IllegalArgumentException(
          "attribute kernel_shape=" + declared + " does not agree with the weight " + weight);
    }
    this.windows = Windows.of(node, kernel);
    this.elements = Math.toIntExact(weight.sizeOf(2, weight.rank()));
    this.to = new int[axes];
    for (int a = 0; a < axes; a++) {
      long reach = (kernel.get(a) - 1L) * windows.dilations().get(a) + 1;
      long room = image.dim(a + 2) + (long) windows.padsBegin().get(a) + windows.padsEnd().get(a);
      to[a] = Math.toIntExact(Math.max(0, (room - reach) / windows.strides().get(a) + 1));
    }
    this.points = Math.toIntExact(Shape.of(to).size());
    if (parts < 1 || image.dim(1) % parts != 0) {
      throw new IllegalArgumentException(
          image.dim(1) + " channels have no " + parts + " equal parts (offset_group)");
    }
    require("offsets", 2, (long) parts * elements * axes);
    if (node.has(4)) {
      require("mask", 4, (long) parts * elements);
    }
  }

  static void translate(NodeTranslation node) {
    new DeformConvOperator(node).translate();
  }

  private Shape over(int... first) {
    return Shape.of(IntStream.concat(IntStream.of(first), IntStream.of(to)).toArray());
  }

  private void require(String role, int input, long channels) {
    Shape wanted = over(image.dim(0), Math.toIntExact(channels));
    if (!node.shape(input).equals(wanted)) {
      throw new IllegalArgumentException(
          "its " + role + " should be " + wanted + ", found " + node.shape(input));
    }
  }

  private void translate() {
    int samples = image.dim(0);
    int each = image.dim(1) / parts;
    int groups = samples * parts;
    int cells = Math.toIntExact(image.sizeOf(2, image.rank()));
    String apart = node.helper("parts", new Reshape(Shape.of(groups, each, cells)), node.input(0));
    String turned = node.helper("channels-last", new Transpose(List.of(0, 2, 1)), apart);
    String table =
        node.helper(
            "cells", new Reshape(Shape.of(Math.multiplyExact(groups, cells), each)), turned);

    node.takeRoom(groups);
    long[] starts = new long[groups];
    Arrays.setAll(starts, i -> (long) i * cells);
    String first = node.constant("starts", Tensor.of(Shape.of(groups, 1), starts));
    List<CellReader.Along> along = new ArrayList<>();
    for (int axis = 0; axis < axes; axis++) {
      CellReader.Along between = CellReader.between(node, position(axis, groups), "" + axis);
      along.add(CellReader.within(node, between, image.dim(axis + 2)));
    }
    int[] lengths = Arrays.copyOfRange(image.dims(), 2, image.rank());
    String read = new CellReader(node, table, first, lengths).sum(along);
    if (node.has(4)) {
      Shape column = Shape.of(groups, Math.multiplyExact(elements, points), 1);
      String mask = node.helper("mask", new Reshape(column), node.input(4));
      read = node.helper("masked", new Binary.Mul(), read, mask);
    }
    String channels = node.helper("channels-first", new Transpose(List.of(0, 2, 1)), read);
    int stacked = Math.multiplyExact(image.dim(1), elements);
    String columns = node.helper("columns", new Reshape(over(samples, stacked)), channels);

    int[] single = new int[axes + 2];
    Arrays.fill(single, 1);
    single[0] = weight.dim(0);
    single[1] = Math.multiplyExact(weight.dim(1), elements);
    String flat = node.helper("weight", new Reshape(Shape.of(single)), node.input(1));
    List<Integer> ones = Collections.nCopies(axes, 1);
    List<Integer> none = Collections.nCopies(axes, 0);
    Conv conv = new Conv(ones, ones, none, none, node.attributes().whole("group", 1));
    if (node.has(3)) {
      node.output(conv, columns, flat, node.input(3));
    } else {
      node.output(conv, columns, flat);
    }
  }

  /** Where the elements of the kernel read along an axis: [groups, elements * points]. */
  private String position(int axis, int groups) {
    int all = Math.multiplyExact(elements, points);
    node.takeRoom(all);
    int[] steps = Shape.of(to).strides();
    int[] kernel = windows.kernel().stream().mapToInt(Integer::intValue).toArray();
    int[] inner = Shape.of(kernel).strides();
    float[] base = new float[all];
    for (int i = 0; i < all; i++) {
      int point = i % points / steps[axis] % to[axis];
      int element = i / points / inner[axis] % kernel[axis];
      base[i] =
          (float)
              ((long) point * windows.strides().get(axis)
                  - windows.padsBegin().get(axis)
                  + (long) element * windows.dilations().get(axis));
    }
    Shape pairs = Shape.of(Math.multiplyExact(groups, elements), axes, points);
    String offsets = node.helper("offsets", new Reshape(pairs), node.input(2));
    Slice slice =
        new Slice(List.of(0, axis, 0), List.of(pairs.dim(0), 1, points), Collections.nCopies(3, 1));
    String one = node.helper("offsets-" + axis, slice, offsets);
    String flat = node.helper("flat-" + axis, new Reshape(Shape.of(groups, all)), one);
    String fixed = node.constant("base-" + axis, Tensor.of(Shape.of(all), base));
    return node.helper("position-" + axis, new Binary.Add(), flat, fixed);
  }
}
