package org.pellucid.core;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.Target;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.pass.FeatureMapAxes;
import org.pellucid.graph.pass.Layouts;

/** Feature maps and neurons inside a network, as targets. */
final class Neurons {
  private Neurons() {}

  /**
   * The mean of a feature map, or one of its neurons; of a tensor without feature maps, an element.
   *
   * @param numbers the feature map, or it and a position per axis of space
   * @throws InvalidRequestException if there is none
   */
  static Target target(ModelGraph graph, String tensor, int[] numbers) {
    if (!graph.type(tensor).elementType().isFloating()) {
      throw new InvalidRequestException(
          "The tensor \""
              + tensor
              + "\" was asked for as target; it is "
              + graph.type(tensor)
              + ", and only floating numbers have gradients");
    }
    Shape shape = OneSample.shape(graph, tensor);
    FeatureMapAxes axes = Layouts.of(graph).of(tensor).orElse(null);
    if (axes == null) {
      if (numbers.length == 1 && numbers[0] < shape.size()) {
        return Target.element("neuron " + numbers[0], numbers[0]);
      }
      throw missing(tensor, numbers, "numbers 0 to " + (shape.size() - 1));
    }
    List<Integer> order =
        IntStream.concat(
                IntStream.of(axes.channelAxis()),
                axes.spatialAxes().stream().mapToInt(Integer::intValue))
            .boxed()
            .toList();
    boolean fits = numbers.length == 1 || numbers.length == order.size();
    for (int i = 0; fits && i < numbers.length; i++) {
      fits = numbers[i] < shape.dim(order.get(i));
    }
    if (!fits) {
      throw missing(
          tensor,
          numbers,
          shape.dim(axes.channelAxis())
              + " feature maps of "
              + axes.spatialAxes().stream()
                  .map(axis -> Integer.toString(shape.dim(axis)))
                  .collect(Collectors.joining(" x "))
              + " cells, counted from 0");
    }
    if (numbers.length == 1) {
      return Target.featureMap(shape, axes.channelAxis(), numbers[0]);
    }
    int element = 0;
    for (int i = 0; i < numbers.length; i++) {
      element += numbers[i] * shape.strides()[order.get(i)];
    }
    return Target.element("neuron " + joined(numbers), element);
  }

  private static String joined(int[] numbers) {
    return Arrays.stream(numbers).mapToObj(Integer::toString).collect(Collectors.joining(","));
  }

  private static InvalidRequestException missing(String tensor, int[] numbers, String there) {
    return new InvalidRequestException(
        "The neuron "
            + joined(numbers)
            + " of \""
            + tensor
            + "\" was asked for as target; there are "
            + there);
  }
}
