@echo off
rem kubectl runs this to complete "kubectl llmbench". Put it on the PATH beside
rem kubectl-llmbench.exe.
kubectl-llmbench.exe __complete %*
