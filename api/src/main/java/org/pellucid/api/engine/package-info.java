/**
 * For those who write a backend: what makes a whole backend of an engine that only runs networks
 * forward ({@link org.pellucid.api.engine.GraphBackend}), and the checks of requests that all
 * backends share.
 */
package org.pellucid.api.engine;
