using EdgeNode.Gateway;

return await CommandLine.RunAsync(args).ConfigureAwait(false);
