# The entries of the recorded query file, without its statements.
:List up to 20 places where a File is saved regardless of the directory and Client
SELECT 1;
:List where the most recent copies of a file with path of a Client are saved
SELECT 1;
:List last 20 Full Backups for a Client
SELECT 1;
:List all backups for a Client after a specified time
SELECT 1;
:List all backups for a Client and COUNT the Volumes which been used
SELECT 1;
:List Volume Attributes for a selected Volume
SELECT 1;
:List Volumes used by selected JobId
SELECT 1;
:List Volumes to Restore All Files
SELECT 1;
:List Pool Attributes for a selected Pool
SELECT 1;
:List total files/bytes by Job
SELECT 1;
:List total files/bytes by Volume
SELECT 1;
:List Files for a selected JobId
SELECT 1;
:List Jobs stored on a selected MediaId
SELECT 1;
:List Jobs stored for a given Volume name
SELECT 1;
:List Volumes Bareos thinks are in changer
SELECT 1;
:List Volumes likely to need replacement from age or errors
SELECT 1;
:List Volumes Bareos thinks are eligible for the changer
SELECT 1;
:List Volumes by Volume:
SELECT 1;
:List Volumes by Jobs:
SELECT 1;
:List Volumes for a jobname:
SELECT 1;
:List Jobs of a client that contain a file (regardless of the directory, with wildcards)
SELECT 1;
:List the top largest files for a JobId
SELECT 1;
