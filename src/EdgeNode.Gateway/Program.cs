System.Console.WriteLine("edgenode");
