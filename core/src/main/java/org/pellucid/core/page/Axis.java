package org.pellucid.core.page;

import java.util.List;

/** Positions for numbers, and ticks. */
interface Axis {
  /** Where a number lies on the page. */
  double at(double value);

  /** Round numbers within the axis, few enough to be written beside it. */
  List<Double> ticks();
}
