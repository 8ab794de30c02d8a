package org.pellucid.backend.cuda;

import java.util.List;

/** A copy on the card. */
record Copy(Place from, Place to, long bytes) implements Step {
  @Override
  public List<Place> places() {
    return List.of(from, to);
  }

  @Override
  public boolean isRecordable() {
    return true;
  }

  @Override
  public void run(Run run) {
    run.buffer(to).copyFrom(run.buffer(from).slice(0, bytes));
  }
}
