package org.pellucid.backend.cuda;

import java.util.HashMap;
import java.util.Map;
import org.pellucid.api.engine.Executable;
import org.pellucid.api.engine.Value;

/** A plan, ready to run. */
final class CudaExecutable implements Executable {
  private final CudaEngine engine;
  private final Plan plan;
  private final RecordedRuns runs;

  CudaExecutable(CudaEngine engine, Plan plan) {
    this.engine = engine;
    this.plan = plan;
    this.runs = new RecordedRuns(engine.context(), plan);
  }

  @Override
  public Map<String, Value> run(Map<String, Value> inputs) {
    Map<String, CudaValue> given = new HashMap<>();
    inputs.forEach((name, value) -> given.put(name, (CudaValue) value));
    return engine.run(plan, given, runs);
  }

  @Override
  public void close() {
    runs.close();
    plan.owned().forEach(DeviceBuffer::close);
  }
}
