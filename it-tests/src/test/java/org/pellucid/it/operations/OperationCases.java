package org.pellucid.it.operations;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** All generated cases; the same at every call. */
public final class OperationCases {
  private OperationCases() {}

  /** Every case of every family. */
  public static List<OperationCase> all() {
    List<OperationCase> cases = new ArrayList<>();
    cases.addAll(ElementwiseCases.all());
    cases.addAll(ShapeCases.all());
    cases.addAll(IndexingCases.all());
    cases.addAll(LinearCases.all());
    cases.addAll(PoolCases.all());
    cases.addAll(NormalizationCases.all());
    cases.addAll(ReductionCases.all());
    cases.addAll(ResizeCases.all());
    cases.addAll(TransformerCases.all());
    cases.addAll(SelectionCases.all());
    cases.addAll(SamplingCases.all());
    cases.addAll(BitCases.all());
    cases.addAll(ModelCases.all());
    cases.addAll(IntegerCases.all());
    Set<String> names = new HashSet<>();
    for (OperationCase one : cases) {
      if (!names.add(one.name())) {
        throw new IllegalStateException("Two cases are named " + one.name());
      }
    }
    return cases;
  }
}
