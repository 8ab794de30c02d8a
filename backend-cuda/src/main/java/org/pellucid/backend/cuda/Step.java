package org.pellucid.backend.cuda;

import java.util.List;

/** One thing that a plan does. */
interface Step {
  /** The places that it reads or writes; a slot is in use from the first step to the last. */
  List<Place> places();

  /** Whether it only hands work to the stream, which can then be recorded. */
  default boolean isRecordable() {
    return false;
  }

  /** Does it, or hands it to the stream. */
  void run(Run run);
}
