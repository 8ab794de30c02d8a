package org.pellucid.it.deploy;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A model file in ONNX Runtime as it comes, without anything of Pellucid. */
public final class PlainOnnxRuntime implements AutoCloseable {
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;

  /**
   * Numbers in their shape.
   *
   * @param shape as ONNX Runtime says it
   * @param values row-major
   */
  public record Array(long[] shape, float[] values) {
    /** What stands at an index of axis 0. */
    public double[] row(int index) {
      int size = values.length / (int) shape[0];
      double[] row = new double[size];
      for (int i = 0; i < size; i++) {
        row[i] = values[index * size + i];
      }
      return row;
    }
  }

  /** Opens a file. */
  public PlainOnnxRuntime(Path file) throws OrtException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      // Of 1.28 and 1.29 wrong, also on models as their exporters wrote them: it makes a Pad with
      // zeros the
      // padding of the MaxPool behind it, which is minus infinity.
      options.addConfigEntry("optimization.disable_specified_optimizers", "Pad_Fusion");
      this.session = environment.createSession(file.toString(), options);
    }
  }

  /** The names of the inputs. */
  public List<String> inputs() {
    return new ArrayList<>(session.getInputNames());
  }

  /** The names of the outputs. */
  public List<String> outputs() {
    return new ArrayList<>(session.getOutputNames());
  }

  /** What the file's metadata says of Pellucid. */
  public Map<String, String> metadata() throws OrtException {
    return session.getMetadata().getCustomMetadata();
  }

  /** The outputs by name for an input, and for classes where there are any. */
  public Map<String, Array> run(String input, Array image, long... classes) throws OrtException {
    Map<String, OnnxTensor> given = new LinkedHashMap<>();
    try {
      given.put(
          input,
          OnnxTensor.createTensor(environment, FloatBuffer.wrap(image.values()), image.shape()));
      if (classes.length > 0) {
        given.put(
            "class",
            OnnxTensor.createTensor(
                environment, LongBuffer.wrap(classes), new long[] {classes.length}));
      }
      Map<String, Array> outputs = new LinkedHashMap<>();
      try (OrtSession.Result result = session.run(given)) {
        for (Map.Entry<String, OnnxValue> output : result) {
          OnnxTensor tensor = (OnnxTensor) output.getValue();
          float[] values = new float[tensor.getFloatBuffer().remaining()];
          tensor.getFloatBuffer().get(values);
          outputs.put(
              output.getKey(),
              new Array(((TensorInfo) output.getValue().getInfo()).getShape(), values));
        }
      }
      return outputs;
    } finally {
      given.values().forEach(OnnxTensor::close);
    }
  }

  @Override
  public void close() throws OrtException {
    session.close();
  }
}
