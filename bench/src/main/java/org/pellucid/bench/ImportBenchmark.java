package org.pellucid.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.ModelGraph;
import org.pellucid.onnx.OnnxImporter;
import org.pellucid.onnx.OnnxWriter;
import org.pellucid.onnx.WriteOptions;

/**
 * Reading an ONNX file that is in the file cache. {@link Importing} has larger ones, and memory.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ImportBenchmark {
  /** The network. */
  @Param({"MOBILENETV3LARGE", "DENSENET121"})
  public Networks network;

  private Path file;

  /** Writes the file. */
  @Setup
  public void write() throws IOException {
    file = Files.createTempFile("pellucid", ".onnx");
    OnnxWriter.write(network.build(), file, WriteOptions.DEFAULT);
  }

  /** Removes it. */
  @TearDown
  public void remove() throws IOException {
    Files.deleteIfExists(file);
  }

  /** The file's graph. */
  @Benchmark
  public ModelGraph read() {
    return new OnnxImporter().read(file, ImportOptions.DEFAULT);
  }
}
