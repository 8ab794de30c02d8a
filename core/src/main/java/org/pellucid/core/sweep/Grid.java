package org.pellucid.core.sweep;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.pellucid.api.Explainer;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.Option;
import org.pellucid.core.evaluate.Setting;

/**
 * The settings of a sweep: by the name under which an evaluation lists each, which cell of the grid
 * and which seed it is. Without noise one sample of one seed says it all.
 */
final class Grid {
  static final String SAMPLES = "samples";
  static final String NOISE = "noise";
  private static final String SEED = "seed";

  private final Setting method;
  private final List<Cell> cells = new ArrayList<>();
  private final Map<String, Place> places = new LinkedHashMap<>();
  private final List<Setting> settings = new ArrayList<>();

  /**
   * A number of samples and a level of noise.
   *
   * @param samples empty where it is the method's default, or the method has none
   * @param noise likewise
   */
  record Cell(OptionalInt samples, OptionalDouble noise) {
    /** As {@code 25 samples, noise 0.15}. */
    String name() {
      List<String> words = new ArrayList<>();
      samples.ifPresent(count -> words.add(count + (count == 1 ? " sample" : " samples")));
      noise.ifPresent(level -> words.add("noise " + number(level)));
      return words.isEmpty() ? "defaults" : String.join(", ", words);
    }

    static String number(double level) {
      return level == Math.rint(level) ? String.valueOf((long) level) : String.valueOf(level);
    }
  }

  /** Where a setting stands. */
  record Place(Cell cell, long seed) {}

  private Grid(Setting method) {
    this.method = method;
  }

  /**
   * The grid of a request.
   *
   * @throws InvalidRequestException if the method has no option that is swept, or one is also fixed
   */
  static Grid of(Explainer explainer, SweepRequest request) {
    List<String> options = explainer.options().stream().map(Option::name).toList();
    require(explainer, options, request, SAMPLES, !request.samples().isEmpty());
    require(explainer, options, request, NOISE, !request.noise().isEmpty());
    boolean seeded = options.contains(SEED) && !request.method().options().containsKey(SEED);
    Grid grid = new Grid(request.method());
    for (Optional<Double> noise : orDefault(request.noise())) {
      boolean silent = noise.isPresent() && noise.get() == 0;
      List<Optional<Integer>> counts = orDefault(request.samples());
      for (Optional<Integer> samples : silent ? counts.subList(0, 1) : counts) {
        Cell cell =
            new Cell(
                samples.map(OptionalInt::of).orElse(OptionalInt.empty()),
                noise.map(OptionalDouble::of).orElse(OptionalDouble.empty()));
        grid.cells.add(cell);
        int seeds = seeded && !silent ? request.seeds() : 1;
        for (long seed = 0; seed < seeds; seed++) {
          grid.add(cell, seed, seeded);
        }
      }
    }
    return grid;
  }

  private static void require(
      Explainer explainer, List<String> options, SweepRequest request, String name, boolean swept) {
    if (swept && !options.contains(name)) {
      throw new InvalidRequestException(
          "The "
              + name
              + " of "
              + explainer.id()
              + " were to be swept; it has no option \""
              + name
              + "\", "
              + (options.isEmpty() ? "and no other" : "but " + String.join(", ", options)));
    }
    if (swept && request.method().options().containsKey(name)) {
      throw new InvalidRequestException(
          "The "
              + name
              + " of "
              + explainer.id()
              + " were to be swept and fixed at "
              + request.method().options().get(name));
    }
  }

  private static <T> List<Optional<T>> orDefault(List<T> values) {
    return values.isEmpty()
        ? List.of(Optional.empty())
        : values.stream().map(Optional::of).toList();
  }

  private void add(Cell cell, long seed, boolean seeded) {
    Setting setting = setting(cell);
    if (seeded) {
      setting = setting.with(SEED, seed);
    }
    settings.add(setting);
    places.put(setting.name(), new Place(cell, seed));
  }

  /** The method in a cell, with the default seed. */
  Setting setting(Cell cell) {
    Setting setting = method;
    if (cell.noise().isPresent()) {
      setting = setting.with(NOISE, Cell.number(cell.noise().getAsDouble()));
    }
    return cell.samples().isPresent() ? setting.with(SAMPLES, cell.samples().getAsInt()) : setting;
  }

  /** By noise, and then by samples, ascending. */
  List<Cell> cells() {
    return List.copyOf(cells);
  }

  /** All that is explained. */
  List<Setting> settings() {
    return List.copyOf(settings);
  }

  /** Where a setting stands; empty for what is no part of the grid, as a baseline. */
  Optional<Place> place(String setting) {
    return Optional.ofNullable(places.get(setting));
  }

  /** The cell with most samples at the same noise. */
  Cell most(Cell cell) {
    Cell most = cell;
    for (Cell other : cells) {
      if (other.noise().equals(cell.noise())
          && other.samples().orElse(0) > most.samples().orElse(0)) {
        most = other;
      }
    }
    return most;
  }
}
