package org.pellucid.it.operations;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/** Runs models with ONNX Runtime on the CPU, without its graph optimisations. */
public final class OnnxRuntimeOracle {
  private OnnxRuntimeOracle() {}

  /** Makes a session of a model. */
  private interface Opening {
    OrtSession open(OrtEnvironment environment, OrtSession.SessionOptions options)
        throws OrtException;
  }

  /** The outputs of a model by name; floats as float32, integers as int64, truths as bool. */
  public static Map<String, Tensor> run(byte[] model, Map<String, Tensor> inputs)
      throws OrtException {
    return run((environment, options) -> environment.createSession(model, options), inputs);
  }

  /** The outputs of a model whose constants may stand in files beside it. */
  public static Map<String, Tensor> run(Path model, Map<String, Tensor> inputs)
      throws OrtException {
    return run(
        (environment, options) -> environment.createSession(model.toString(), options), inputs);
  }

  private static Map<String, Tensor> run(Opening opening, Map<String, Tensor> inputs)
      throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    Map<String, OnnxTensor> given = new LinkedHashMap<>();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.NO_OPT);
      options.setIntraOpNumThreads(1);
      options.setSessionLogLevel(ai.onnxruntime.OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      try (OrtSession session = opening.open(environment, options)) {
        for (Map.Entry<String, Tensor> input : inputs.entrySet()) {
          given.put(input.getKey(), tensor(environment, input.getValue()));
        }
        try (OrtSession.Result result = session.run(given)) {
          Map<String, Tensor> outputs = new LinkedHashMap<>();
          for (Map.Entry<String, OnnxValue> output : result) {
            outputs.put(output.getKey(), tensor((OnnxTensor) output.getValue()));
          }
          return outputs;
        }
      }
    } finally {
      given.values().forEach(OnnxTensor::close);
    }
  }

  private static OnnxTensor tensor(OrtEnvironment environment, Tensor value) throws OrtException {
    long[] shape = Arrays.stream(value.shape().dims()).asLongStream().toArray();
    return switch (value.elementType()) {
      case FLOAT32 ->
          OnnxTensor.createTensor(environment, FloatBuffer.wrap(value.toFloatArray()), shape);
      case FLOAT64 ->
          OnnxTensor.createTensor(
              environment, java.nio.DoubleBuffer.wrap(value.toDoubleArray()), shape);
      case INT64 ->
          OnnxTensor.createTensor(environment, LongBuffer.wrap(value.toLongArray()), shape);
      case BOOL -> {
        ByteBuffer truths = ByteBuffer.allocateDirect(value.size());
        truths.put(value.bools()).flip();
        yield OnnxTensor.createTensor(environment, truths, shape, ai.onnxruntime.OnnxJavaType.BOOL);
      }
    };
  }

  private static Tensor tensor(OnnxTensor value) {
    TensorInfo info = value.getInfo();
    Shape shape = Shape.of(Arrays.stream(info.getShape()).mapToInt(Math::toIntExact).toArray());
    int size = (int) shape.size();
    switch (info.type) {
      case FLOAT, FLOAT16, BFLOAT16 -> {
        float[] elements = new float[size];
        value.getFloatBuffer().get(elements);
        return Tensor.of(shape, elements);
      }
      case DOUBLE -> {
        double[] elements = new double[size];
        value.getDoubleBuffer().get(elements);
        return Tensor.of(shape, elements);
      }
      case INT64 -> {
        long[] elements = new long[size];
        value.getLongBuffer().get(elements);
        return Tensor.of(shape, elements);
      }
      case INT32 -> {
        int[] elements = new int[size];
        value.getIntBuffer().get(elements);
        return Tensor.of(shape, Arrays.stream(elements).asLongStream().toArray());
      }
      case BOOL -> {
        byte[] elements = new byte[size];
        value.getByteBuffer().get(elements);
        return Tensor.of(shape, elements);
      }
      default -> throw new IllegalStateException("An output of type " + info.type);
    }
  }
}
