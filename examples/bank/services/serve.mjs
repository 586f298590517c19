// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** Listens on a free port of the loopback interface and says which one; SIGTERM ends the service in order. */
export function serve(app) {
  const server = app.listen(Number(process.env.PORT ?? 0), '127.0.0.1', (error) => {
    if (error) throw error;
    console.log(`listening on http://127.0.0.1:${server.address().port}`);
  });
  process.once('SIGTERM', () => {
    server.close();
    server.closeIdleConnections();
  });
}
