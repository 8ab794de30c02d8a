package org.pellucid.graph.op;

/** condition ? x : y element by element, with broadcasting. Inputs: condition (bool), x, y. */
public record Where() implements Unfinished {}
