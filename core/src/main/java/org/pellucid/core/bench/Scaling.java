package org.pellucid.core.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.pellucid.core.page.LinePlot;

/** How time and memory grow with one thing where the others stay: lines for plots. */
enum Scaling {
  SAMPLES("samples", cell -> number(cell.work().samples())),
  BATCH("batch", cell -> number(cell.work().batchText())),
  THREADS("threads", cell -> number(cell.setting().threadsText())),
  SIZE(
      "pixels of the input",
      cell ->
          cell.setting()
              .size()
              .map(size -> OptionalDouble.of((double) size.height() * size.width()))
              .orElseGet(OptionalDouble::empty));

  private final String label;
  private final Function<Cell, OptionalDouble> value;

  Scaling(String label, Function<Cell, OptionalDouble> value) {
    this.label = label;
    this.value = value;
  }

  private static OptionalDouble number(String text) {
    return text.matches("\\d{1,9}")
        ? OptionalDouble.of(Double.parseDouble(text))
        : OptionalDouble.empty();
  }

  String label() {
    return label;
  }

  /**
   * A line for each group of cells that differ in this alone and have two values of it at least.
   *
   * @param height what is drawn of a cell; empty where it has none
   */
  List<LinePlot.Line> lines(List<Cell> cells, Function<Cell, OptionalDouble> height) {
    Map<String, List<LinePlot.Point>> groups = new LinkedHashMap<>();
    for (Cell cell : cells) {
      OptionalDouble x = value.apply(cell);
      OptionalDouble y = cell.timed() ? height.apply(cell) : OptionalDouble.empty();
      if (x.isPresent() && y.isPresent()) {
        groups
            .computeIfAbsent(others(cell), name -> new ArrayList<>())
            .add(new LinePlot.Point(x.getAsDouble(), y.getAsDouble()));
      }
    }
    List<LinePlot.Line> lines = new ArrayList<>();
    groups.forEach(
        (name, points) -> {
          if (points.stream().mapToDouble(LinePlot.Point::x).distinct().count() > 1) {
            points.sort((a, b) -> Double.compare(a.x(), b.x()));
            lines.add(new LinePlot.Line(name, points));
          }
        });
    return lines;
  }

  /** What else a cell is. */
  private String others(Cell cell) {
    return name(cell, this);
  }

  /** What a cell is. */
  static String name(Cell cell) {
    return name(cell, null);
  }

  private static String name(Cell cell, Scaling without) {
    StringBuilder name = new StringBuilder(cell.work().method());
    name.append(" on ").append(cell.setting().backend());
    if (!cell.setting().device().equals("auto")) {
      name.append(' ').append(cell.device());
    }
    if (without != SAMPLES && !cell.work().samples().isEmpty()) {
      name.append(", n = ").append(cell.work().samples());
    }
    if (without != BATCH && cell.work().batch().isPresent()) {
      name.append(", batch ").append(cell.work().batchText());
    }
    if (without != THREADS && cell.setting().threads().isPresent()) {
      name.append(", threads ").append(cell.setting().threadsText());
    }
    if (without != SIZE && cell.setting().size().isPresent()) {
      name.append(", ").append(cell.setting().sizeText());
    }
    return name.toString();
  }
}
