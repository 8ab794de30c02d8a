package org.pellucid.backend.onnxruntime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtSession;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.pellucid.api.engine.Executable;
import org.pellucid.api.engine.Value;

/** A session, and the weights of the model that it reads where they stand. */
final class OrtExecutable implements Executable {
  private final OrtSession session;
  private final SharedWeights.Lease weights;
  private final List<String> outputs;
  private final Map<String, OrtValue> always;

  /**
   * Takes a session over, and its weights.
   *
   * @param always values of the engine by input, put in at every run and not closed here
   */
  OrtExecutable(OrtSessions.Opened opened, List<String> outputs, Map<String, OrtValue> always) {
    this.session = opened.session();
    this.weights = opened.weights();
    this.outputs = outputs;
    this.always = Map.copyOf(always);
  }

  @Override
  public Map<String, Value> run(Map<String, Value> inputs) {
    Map<String, OnnxTensor> given = new HashMap<>();
    always.forEach((name, value) -> given.put(name, value.tensor()));
    inputs.forEach((name, value) -> given.put(name, ((OrtValue) value).tensor()));
    return Failures.named(
        () -> "computing " + outputs,
        () -> {
          // The result is not closed: that would close the tensors, which are handed on.
          OrtSession.Result result = session.run(given, new LinkedHashSet<>(outputs));
          Map<String, Value> values = new HashMap<>();
          for (Map.Entry<String, OnnxValue> output : result) {
            values.put(output.getKey(), new OrtValue((OnnxTensor) output.getValue()));
          }
          return values;
        });
  }

  @Override
  public void close() {
    Failures.named(
        () -> "closing what computes " + outputs,
        () -> {
          try (weights) {
            session.close();
          }
          return null;
        });
  }
}
