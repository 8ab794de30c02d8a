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

/** A session, and the matrices of the model that it reads in every run. */
final class OrtExecutable implements Executable {
  private final OrtSession session;
  private final List<String> outputs;
  private final Map<String, OrtValue> always;

  /**
   * Takes a session over.
   *
   * @param always values of the engine by input, put in at every run and not closed here
   */
  OrtExecutable(OrtSession session, List<String> outputs, Map<String, OrtValue> always) {
    this.session = session;
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
          session.close();
          return null;
        });
  }
}
