package org.pellucid.metrics;

import java.util.List;
import java.util.Set;
import org.pellucid.api.Metric;
import org.pellucid.api.Option;

/** What most metrics have in common: no options, and a few needs. */
abstract class MapMetric implements Metric {
  private final String id;
  private final String description;
  private final Direction direction;
  private final Set<Need> needs;

  MapMetric(String id, String description, Direction direction, Need... needs) {
    this.id = id;
    this.description = description;
    this.direction = direction;
    this.needs = Set.of(needs);
  }

  @Override
  public final String id() {
    return id;
  }

  @Override
  public final String description() {
    return description;
  }

  @Override
  public List<Option<?>> options() {
    return List.of();
  }

  @Override
  public final Set<Need> needs() {
    return needs;
  }

  @Override
  public final Direction direction() {
    return direction;
  }
}
