package org.pellucid.backend.djl;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pellucid.api.CancelledException;
import org.pellucid.graph.Samples;
import org.pellucid.graph.pass.TapSplit;

/**
 * Runs what leads to the taps in small batches, one after the other, and stacks what the rest of
 * the network needs: {@link org.pellucid.api.BatchSizes} says why.
 */
final class Prefix {
  private final DjlModel model;
  private final TapSplit split;
  private final int most;

  /**
   * The prefix of a model that batches.
   *
   * @param most samples at once
   */
  Prefix(DjlModel model, TapSplit split, int most) {
    this.model = model;
    this.split = split;
    this.most = most;
  }

  /**
   * The tensors of the frontier.
   *
   * @param samples how many the inputs stack along axis 0
   * @param inputs the graph's inputs; those that are not in the frontier are let go of
   * @param scope to which inputs and results belong
   * @throws CancelledException if the thread is interrupted
   */
  Map<String, PtNDArray> run(int samples, Map<String, PtNDArray> inputs, PtNDManager scope) {
    Map<String, List<PtNDArray>> parts = new LinkedHashMap<>();
    int count = (samples + most - 1) / most;
    for (int i = 0; i < count; i++) {
      int from = (int) ((long) samples * i / count);
      int to = (int) ((long) samples * (i + 1) / count);
      if (Thread.currentThread().isInterrupted()) {
        throw new CancelledException(
            "A forward pass was cancelled after " + from + " of " + samples + " samples");
      }
      run(from, to, inputs, scope, parts);
    }
    Map<String, PtNDArray> frontier = new HashMap<>();
    inputs.forEach(
        (name, array) -> {
          if (split.frontier().contains(name)) {
            frontier.put(name, array);
          } else {
            array.close();
          }
        });
    parts.forEach((name, arrays) -> frontier.put(name, stacked(name, arrays, scope)));
    return frontier;
  }

  private void run(
      int from,
      int to,
      Map<String, PtNDArray> inputs,
      PtNDManager scope,
      Map<String, List<PtNDArray>> parts) {
    try (PtNDManager temporary = (PtNDManager) scope.newSubManager()) {
      Map<String, PtNDArray> slices = new HashMap<>();
      inputs.forEach(
          (name, array) -> {
            PtNDArray slice = JniUtils.slice(array, 0, from, to, 1);
            slices.put(name, NativeArrays.adopt(slice, temporary));
          });
      Computation part = new Computation(model, temporary, to - from, Set.of());
      part.run(
          model.plan(to - from, model.graph().inputs().keySet(), split.frontier(), Set.of()),
          slices);
      for (String name : split.frontier()) {
        if (!inputs.containsKey(name)) {
          parts
              .computeIfAbsent(name, key -> new ArrayList<>())
              .add(NativeArrays.adopt(part.get(name), scope));
        }
      }
    }
  }

  private PtNDArray stacked(String name, List<PtNDArray> parts, PtNDManager scope) {
    int axis = model.batching().axis(name);
    if (parts.size() == 1 || axis == Samples.NONE) {
      parts.subList(1, parts.size()).forEach(PtNDArray::close);
      return parts.get(0);
    }
    PtNDArray all = NativeArrays.adopt(JniUtils.cat(parts.toArray(PtNDArray[]::new), axis), scope);
    parts.forEach(PtNDArray::close);
    return all;
  }
}
