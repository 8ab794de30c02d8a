package org.pellucid.bench;

import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.SplittableRandom;
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
import org.openjdk.jmh.annotations.Warmup;
import org.pellucid.core.image.Geometry;
import org.pellucid.core.image.Preset;
import org.pellucid.core.image.SourceImage;
import org.pellucid.core.render.HeatmapRenderer;
import org.pellucid.core.render.HeatmapSettings;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/** A map of 14 x 14 cells drawn over an image. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RenderingBenchmark {
  private static final int CELLS = 14;
  private static final int INPUT = 224;

  /** Pixels along a side of the image. */
  @Param({"224", "1024"})
  public int size;

  private SourceImage image;
  private Tensor map;
  private HeatmapRenderer renderer;
  private Geometry geometry;

  /** Makes the image and the map. */
  @Setup
  public void draw() {
    BufferedImage picture = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = picture.createGraphics();
    graphics.setPaint(new GradientPaint(0, 0, Color.RED, size, size, Color.BLUE));
    graphics.fillRect(0, 0, size, size);
    graphics.dispose();
    image = SourceImage.of(picture);
    map =
        Tensor.of(
            Shape.of(CELLS, CELLS),
            new SplittableRandom(1).doubles((long) CELLS * CELLS, -1, 1).toArray());
    renderer = new HeatmapRenderer(HeatmapSettings.DEFAULT);
    geometry = Geometry.of(Preset.Resize.STRETCH, size, size, INPUT, INPUT);
  }

  /** The picture. */
  @Benchmark
  public BufferedImage render() {
    return renderer.render(map, image, geometry);
  }
}
