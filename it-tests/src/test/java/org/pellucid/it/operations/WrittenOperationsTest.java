package org.pellucid.it.operations;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.ReferenceInterpreter;
import org.pellucid.graph.Tensor;
import org.pellucid.onnx.OnnxImporter;
import org.pellucid.onnx.OnnxWriter;
import org.pellucid.onnx.WriteOptions;
import org.pellucid.testkit.OperationCase;
import org.pellucid.testkit.OperationCases;

/** explore. */
class WrittenOperationsTest {
  @TempDir static Path directory;

  @Test
  void explore() throws Exception {
    for (int opset : new int[] {13, 26}) {
      long t = System.nanoTime();
      Map<String, String> failures = new TreeMap<>();
      Map<String, Integer> counts = new TreeMap<>();
      int n = 0;
      for (OperationCase one : OperationCases.of(1)) {
        n++;
        try {
          ModelGraph graph = one.graph();
          byte[] model = OnnxWriter.bytes(graph, WriteOptions.DEFAULT.withOpset(opset));
          Map<String, Tensor> feeds = new HashMap<>();
          one.feeds().forEach((k, v) -> feeds.put(k, v.cast(graph.type(k).elementType())));
          Map<String, Tensor> found = OnnxRuntimeOracle.run(model, feeds);
          OnnxOperationsTest.check("y", found.get("y"), one.expected().cast(graph.type("y").elementType()));
        } catch (Throwable e) {
          failures.putIfAbsent(one.operation().name(), one + ": " + e.getMessage());
          counts.merge(one.operation().name(), 1, Integer::sum);
        }
        try {
          ModelGraph graph = one.graph();
          Path file = directory.resolve("m.onnx");
          OnnxWriter.write(graph, file, WriteOptions.DEFAULT.withOpset(opset));
          ModelGraph read = new OnnxImporter().read(file, ImportOptions.DEFAULT);
          Tensor y = new ReferenceInterpreter(read).run(one.feeds(), Set.of("y")).get("y");
          OnnxOperationsTest.check("y", y, one.expected());
        } catch (Throwable e) {
          failures.putIfAbsent("IMPORT " + one.operation().name(), one + ": " + e.getMessage());
          counts.merge("IMPORT " + one.operation().name(), 1, Integer::sum);
        }
      }
      System.out.println("OPSET " + opset + " cases " + n + " ms " + (System.nanoTime() - t) / 1000000);
      failures.forEach((k, v) -> System.out.println("  " + counts.get(k) + " " + k + " :: " + v.replace('\n', ' ').substring(0, Math.min(300, v.length()))));
    }
  }
}
