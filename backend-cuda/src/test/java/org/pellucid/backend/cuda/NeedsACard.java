package org.pellucid.backend.cuda;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.pellucid.api.Availability;

/** Tests that run where there is a graphics card, and elsewhere are skipped with the reason. */
public final class NeedsACard implements ExecutionCondition {
  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    Availability availability = new CudaBackend().availability();
    return availability.available()
        ? ConditionEvaluationResult.enabled(availability.detail())
        : ConditionEvaluationResult.disabled(availability.detail());
  }
}
