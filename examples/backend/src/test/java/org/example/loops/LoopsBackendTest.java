package org.example.loops;

import java.util.Set;
import org.pellucid.api.GradientBackend;
import org.pellucid.graph.Operation;
import org.pellucid.graph.op.AveragePool;
import org.pellucid.graph.op.Gather;
import org.pellucid.graph.op.LogSoftmax;
import org.pellucid.graph.op.Lrn;
import org.pellucid.graph.op.MatMul;
import org.pellucid.graph.op.MaxPoolSelect;
import org.pellucid.graph.op.Pad;
import org.pellucid.graph.op.ScatterAdd;
import org.pellucid.testkit.GradientBackendContract;

class LoopsBackendTest extends GradientBackendContract {
  @Override
  protected GradientBackend backend() {
    return new LoopsBackend();
  }

  /** Of AveragePool, those in ceil mode; of Pad, all but constants. */
  @Override
  protected Set<Class<? extends Operation>> refused() {
    return Set.of(
        AveragePool.class,
        Gather.class,
        LogSoftmax.class,
        Lrn.class,
        MatMul.class,
        MaxPoolSelect.class,
        Pad.class,
        ScatterAdd.class);
  }
}
