package org.pellucid.onnx;

import java.util.List;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.Shape;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.UnsupportedModelException;

/** Concrete types for a model's inputs, whose axes a file may leave open. */
final class InputTypes {
  private final ImportOptions options;

  InputTypes(ImportOptions options) {
    this.options = options;
  }

  /**
   * The type of an input.
   *
   * @throws UnsupportedModelException if it is not a tensor of numbers, or too much of its shape is
   *     open, or the shape asked for contradicts the file
   */
  TensorType of(OnnxValueInfo input) {
    if (!input.kind().isEmpty() && !input.kind().equals("tensor")) {
      throw new UnsupportedModelException(
          "Input \"" + input.name() + "\" is a " + input.kind() + "; only tensors are supported");
    }
    OnnxDataType type = OnnxDataType.of(input.dataType());
    if (type == null) {
      throw new UnsupportedModelException(
          "Input \""
              + input.name()
              + "\" has elements of type "
              + OnnxDataType.label(input.dataType())
              + ", which is not supported");
    }
    Shape asked = options.inputShapes().get(input.name());
    Shape shape = asked != null ? agreed(input, asked) : filled(input);
    long size = 1;
    for (int i = 0; i < shape.rank(); i++) {
      size *= shape.dim(i);
      if (shape.dim(i) == 0 || size > Integer.MAX_VALUE) {
        throw new MalformedInputException(
            "Input \"" + input.name() + "\" has the impossible shape " + shape);
      }
    }
    return new TensorType(type.element(), shape);
  }

  private static Shape agreed(OnnxValueInfo input, Shape asked) {
    boolean agrees = input.axes() == null || input.axes().size() == asked.rank();
    for (int i = 0; agrees && input.axes() != null && i < asked.rank(); i++) {
      OnnxValueInfo.Axis axis = input.axes().get(i);
      agrees = axis.open() || axis.length() == asked.dim(i);
    }
    if (!agrees) {
      throw new UnsupportedModelException(
          "Input \""
              + input.name()
              + "\" was asked for with shape "
              + asked
              + ", but the file fixes it to "
              + input.shapeText());
    }
    return asked;
  }

  private Shape filled(OnnxValueInfo input) {
    List<OnnxValueInfo.Axis> axes = input.axes();
    if (axes == null) {
      throw open(input);
    }
    int[] dims = new int[axes.size()];
    int channels = channelAxis(axes);
    for (int i = 0; i < dims.length; i++) {
      OnnxValueInfo.Axis axis = axes.get(i);
      if (!axis.open()) {
        if (axis.length() > Integer.MAX_VALUE) {
          throw new MalformedInputException(
              "Input \"" + input.name() + "\" has the impossible shape " + input.shapeText());
        }
        dims[i] = (int) axis.length();
      } else if (i == 0) {
        dims[i] = 1;
      } else if (channels > 0) {
        // Height comes before width in both layouts.
        int first = channels == 1 ? 2 : 1;
        dims[i] = i == channels ? 3 : i == first ? options.imageHeight() : options.imageWidth();
      } else {
        throw open(input);
      }
    }
    return Shape.of(dims);
  }

  /**
   * Which axis of an image input holds the colours: the last where only that one can (NHWC), else
   * axis 1; 0 where the input is no image.
   */
  private static int channelAxis(List<OnnxValueInfo.Axis> axes) {
    if (axes.size() != 4) {
      return 0;
    }
    boolean first = isColours(axes.get(1));
    boolean last = isColours(axes.get(3));
    if (first) {
      return 1;
    }
    if (last) {
      return 3;
    }
    // Nothing tells; a fixed length elsewhere on axis 1 still means that it is not space.
    return axes.get(2).open() && axes.get(3).open() ? 1 : 0;
  }

  private static boolean isColours(OnnxValueInfo.Axis axis) {
    return axis.length() == 1 || axis.length() == 3 || axis.length() == 4;
  }

  private static UnsupportedModelException open(OnnxValueInfo input) {
    return new UnsupportedModelException(
        "Input \""
            + input.name()
            + "\" is "
            + input.shapeText()
            + ": the file leaves lengths open that cannot be guessed; give the input's shape");
  }
}
