// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// Time on the processor instead of time on the wall, which belongs to everybody on the machine. Node 23.9 and later can
// tell this thread's own; before that it is the whole process's, helpers of the garbage collector and compiler included.
const threadUsage = process.threadCpuUsage?.bind(process);

/** A moment, to be given to {@link sinceMicros}. */
export function processorTime() {
  // Linux brings a running thread's account up to date when the process's is asked for, and else at clock ticks only.
  const usage = process.cpuUsage();
  return threadUsage?.() ?? usage;
}

/** Microseconds of processor time since that moment. */
export function sinceMicros(start) {
  const now = processorTime();
  return now.user - start.user + now.system - start.system;
}
